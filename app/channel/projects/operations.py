"""Operations on projects and plots, one declaration each (CH-1)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.projects import forms, policies
from app.channel.projects import services as projects
from app.channel.projects.queries import member_ids
from app.channel.shared.permissions import ProjectPermission
from app.kernel.api.removals import Removal
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts

if TYPE_CHECKING:
    from app.channel.projects.models import Plot, Project


def _of_company(project: Project) -> Any:
    """Offer the colleagues of the project's company in the form."""
    return partial(forms.AssignForm, project.company_id)


def _plots_of_project(plot: Plot) -> str:
    return url_for("ProjectView.show", pk=plot.project_id, _anchor="plots")


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
REMOVE_PICTURE = Removal(
    permission=ProjectPermission.REMOVE_FILE,
    label=_("Remove"),
    parts="files",
    key="file_id",
    policy=without_facts(policies.can_remove_pictures),
    service=projects.remove_project_picture,
    tab="pictures",
    done=Answer(_("Picture removed")),
)
REMOVE_PLOT_PICTURE = replace(REMOVE_PICTURE, service=projects.remove_plot_picture)
REMOVE_PLOT = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=without_facts(policies.can_delete_plot),
    service=projects.delete_plot,
    answer=Answer(_("Plot deleted")),
    permission=ProjectPermission.UPDATE,
    page=OperationPage(
        ask_about=lambda plot: gettext("Delete plot “%(number)s” with its pictures?", number=plot.number),
        goes_to=_plots_of_project,
        in_head=False,
        is_danger=True,
    ),
)
