"""Operations on projects and consultants, one declaration each: pages of the back office (CH-1, CH-20)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel import place_forms, policies, projects
from app.channel.consultants import depart_consultant
from app.channel.place_tabs import member_ids
from app.channel.queries import count_bound
from app.kernel.pages.form_page import finish
from app.kernel.pages.operations import FormAction

if TYPE_CHECKING:
    from app.channel.models import Project
    from app.kernel.errors import Sentence
    from app.org.shared.models import Staff


def _of_company(project: Project) -> Any:
    """The form offers the colleagues of the project's company."""
    return partial(place_forms.AssignForm, project.company_id)


def _bound_customers(staff: Staff) -> Sentence:
    number = count_bound([staff.id])[staff.id]
    if not number:
        return ""
    return gettext("%(n)s bound customers have to be given to another consultant", n=number)


STAFF = FormAction(
    name="staff",
    label=_("Assign staff"),
    icon="fa-user-plus",
    form=place_forms.AssignForm,
    policy=lambda actor, _project, _facts: policies.can_keep_projects(actor, "staff"),
    service=projects.assign_staff,
    submit_label=_("Save"),
    hint=_(
        "On-site staff scan viewing codes here, consultants receive the customers. What a person may do "
        "follows from the role as well: on-site staff or property consultant."
    ),
    form_for=_of_company,
    initial=member_ids,
)
ADD_PICTURES = FormAction(
    name="add_files",
    label=_("Add pictures"),
    icon="fa-image",
    form=place_forms.PicturesForm,
    policy=lambda actor, _project, _facts: policies.can_keep_projects(actor, "add_files"),
    service=projects.add_project_pictures,
    submit_label=_("Add"),
    in_head=False,
    done=lambda project: finish(url_for("ProjectView.show", pk=project.id, _anchor="pictures")),
)
DEPART = FormAction(
    name="depart",
    label=_("Depart"),
    icon="fa-user-xmark",
    form=place_forms.DepartForm,
    policy=lambda actor, _staff, _facts: policies.can_keep_consultants(actor, "depart"),
    service=depart_consultant,
    submit_label=_("Depart"),
    ask=_("The account is closed at once, and all sessions end. Go on?"),
    hint=_(
        "All customers assigned to this consultant go to the receiver, who is told. Referrals, scans and "
        "tours of the past keep their consultant."
    ),
    warning=_bound_customers,
    form_for=lambda staff: partial(place_forms.DepartForm, staff.id),
    in_list=True,
    done=lambda _staff: finish(url_for("ConsultantView.list"), gettext("The consultant has departed")),
)
ON_PROJECTS = (STAFF, ADD_PICTURES)
ON_CONSULTANTS = (DEPART,)
