"""Operations on projects and plots, one declaration each (CH-1)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.channel.projects import forms, policies
from app.channel.projects import services as projects
from app.channel.projects.presentation import member_ids
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts

if TYPE_CHECKING:
    from app.channel.projects.models import Project


def _of_company(project: Project) -> Any:
    """Offer the colleagues of the project's company in the form."""
    return partial(forms.AssignForm, project.company_id)


STAFF = Operation(
    name="staff",
    label=_("Assign staff"),
    icon="fa-user-plus",
    form=forms.AssignForm,
    policy=without_facts(policies.can_assign_staff),
    service=projects.assign_staff,
    answer=Answer(_("The staff of %(name)s was assigned")),
    page=OperationPage(
        submit_label=_("Save"),
        hint=_(
            "On-site staff scan viewing codes here, consultants receive the customers. What a person may do "
            "follows from the role as well: on-site staff or property consultant."
        ),
        initial=member_ids,
        form_for=_of_company,
    ),
    api=OperationApi(summary="Changes who works at a project (CH-1)."),
)
ADD_PICTURES = Operation(
    name="add_files",
    label=_("Add pictures"),
    icon="fa-image",
    form=forms.PicturesForm,
    policy=without_facts(policies.can_add_pictures),
    service=projects.add_project_pictures,
    answer=Answer(_("Pictures were added to %(name)s")),
    page=OperationPage(
        submit_label=_("Add"),
        goes_to=lambda project: url_for("ProjectView.show", pk=project.id, _anchor="pictures"),
        in_head=False,
    ),
    api=OperationApi(summary="Adds pictures of a project (CH-1)."),
)
ON_PROJECTS = (STAFF, ADD_PICTURES)
