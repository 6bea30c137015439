"""Tabs and cells of projects and plots (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.projects import policies
from app.channel.projects.models import Plot, Project
from app.channel.projects.operations import REMOVE_PICTURE, REMOVE_PLOT, REMOVE_PLOT_PICTURE
from app.channel.projects.queries import members_of
from app.channel.shared import presentation
from app.channel.shared.permissions import ConsultantPermission, ProjectPermission
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.files.attachments import files_by_subject, files_of
from app.kernel.pages.elements import Button
from app.kernel.pages.files import files_table
from app.kernel.pages.formatting import join_html, tag
from app.kernel.pages.operations import edit_button, operation_button
from app.kernel.pages.tabs import DetailTab, TabColumn, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab
    from app.org.shared.models import Staff


def tags(words: list[str]) -> Any:
    """Show the tags of a project or plot."""
    return join_html([tag(word, "blue") for word in words])


def plots_tab(project: Project, _page: int) -> TableTab:
    """Return the tab of plots in their order, with the number of pictures of each."""
    actor = current_actor()
    may_edit = actor.may(ProjectPermission.UPDATE)
    pictures = files_by_subject(Plot.__files__, [plot.id for plot in project.plots])
    columns = (
        TabColumn("number", _("Plot number"), lambda plot: plot.number),
        TabColumn("tags", _("Tags"), lambda plot: tags(plot.tags)),
        TabColumn("pictures", _("Pictures"), lambda plot: len(pictures[plot.id]), number=True),
    )
    url = url_for("ProjectView.add_plot", pk=project.id)
    return table_of(
        project.plots,
        columns,
        _("No plot yet; brokers and visitors see plots under the project"),
        url_of=_plot_url,
        buttons_of=lambda plot: [
            Button(gettext("Open"), _plot_url(plot)),
            *plot_buttons(plot, actor),
        ],
        buttons=[Button(gettext("New plot"), url, "fa-plus", "drawer", primary=True)] if may_edit else [],
    )


def _plot_url(plot: Plot) -> str:
    return url_for("PlotView.show", pk=plot.id)


def plot_buttons(plot: Plot, actor: Actor) -> list[Button]:
    """Return the buttons of a plot for an administrator."""
    if not actor.may(ProjectPermission.UPDATE):
        return []
    return [
        edit_button("PlotView", plot, policies.can_keep_projects(actor)),
        operation_button("PlotView", REMOVE_PLOT, plot, policies.can_delete_plot(actor, plot)),
    ]


def pictures_tab(subject: Project | Plot, _page: int) -> TableTab:
    """Return the tab of pictures, in the order in which phones show them."""
    actor = current_actor()
    of_project = isinstance(subject, Project)
    view, removal = ("ProjectView", REMOVE_PICTURE) if of_project else ("PlotView", REMOVE_PLOT_PICTURE)
    found = db.session.scalars(files_of(subject.__files__, [subject.id]))
    buttons = []
    if actor.may(ProjectPermission.ADD_FILES):
        url = url_for(f"{view}.add_files", pk=subject.id)
        reason = policies.can_add_pictures(actor, subject).reason
        buttons = [Button(gettext("Add pictures"), url, "fa-image", "drawer", primary=True, reason=reason)]
    return files_table(
        found,
        buttons=buttons,
        remove=removal.buttons(view, subject, actor),
        empty_text=gettext("No picture yet; the phone pages show them above the introduction"),
    )


_MEMBERS = (
    TabColumn("name", _("Full name"), lambda one: one.name),
    TabColumn("employee_no", _("Employee number"), lambda one: one.employee_no),
    TabColumn("phone", _("Phone"), lambda one: one.phone),
)


def _consultant_url(staff: Staff) -> str:
    return presentation.address_of("ConsultantView", ConsultantPermission.READ, staff.id)


def _members_tab(duty: str) -> Callable[[Project, int], TableTab]:
    def members(project: Project, _page: int) -> TableTab:
        actor, buttons = current_actor(), []
        if actor.may(ProjectPermission.STAFF):
            url = url_for("ProjectView.staff", pk=project.id)
            reason = policies.can_assign_staff(actor, project).reason
            buttons = [
                Button(gettext("Assign staff"), url, "fa-user-plus", "drawer", primary=True, reason=reason)
            ]
        return table_of(
            db.session.scalars(members_of(project.id, duty)),
            _MEMBERS,
            _("Nobody yet; assign colleagues"),
            url_of=_consultant_url if duty == "consultant" else None,
            buttons=buttons,
        )

    return members


OF_PROJECTS = (
    DetailTab("plots", _("Plots"), plots_tab),
    DetailTab("pictures", _("Pictures"), pictures_tab),
    DetailTab("onsite", _("On-site staff"), _members_tab("onsite")),
    DetailTab("consultants", _("Property consultants"), _members_tab("consultant")),
    OFFICE_LOG_TAB,
)
OF_PLOTS = (DetailTab("pictures", _("Pictures"), pictures_tab), OFFICE_LOG_TAB)
