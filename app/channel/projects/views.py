"""Projects and their plots in the back office (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.channel.projects import forms, policies
from app.channel.projects import services as projects
from app.channel.projects.filters import PLOTS, PROJECTS
from app.channel.projects.maps import map_url
from app.channel.projects.models import Plot, Project
from app.channel.projects.presentation import OF_PLOTS, OF_PROJECTS, plot_buttons, tags
from app.channel.projects.queries import visible_plots, visible_projects
from app.channel.shared import presentation
from app.channel.shared.permissions import ProjectPermission, ReferralPermission
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.texts import rich
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import run_form
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.org.departments.queries import companies_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.row_buttons import RowOffer


_ELSEWHERE = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
_FIELDS = (
    "name", "address", "longitude", "latitude", "introduction", "features", "service_phone", "active",
)  # fmt: skip


def _address(project: Project) -> Any:
    """Show the address with a link to a map application."""
    url = map_url(project)
    if not url:
        return project.address
    opening = _ELSEWHERE.format(url, gettext("Open the map"))
    return Markup("{} {}").format(project.address, opening) if project.address else opening


def _coordinates(project: Project) -> str:
    if project.longitude is None or project.latitude is None:
        return ""
    return f"{project.longitude.normalize():f}, {project.latitude.normalize():f}"


def _call(project: Project) -> Any:
    return (
        presentation.link(project.service_phone, f"tel:{project.service_phone}")
        if project.service_phone
        else ""
    )


class ProjectView(ScopedModelView):
    """Lists projects: the administrator manages them, director and secretary read their company's."""

    datamodel = SQLAInterface(Project)
    route_base = "/projects"
    class_permission_name = "Project"
    include_route_methods = {"list", "show", "tab", "add", "edit", "add_plot"}
    scope = staticmethod(visible_projects)
    spec = PROJECTS
    detail_tabs = OF_PROJECTS
    list_options = (joinedload(Project.company),)
    list_title = _("Projects")
    add_title = _("New project")
    edit_title = _("Edit project")
    empty_text = _("No project yet; brokers can report customers as soon as there is one")
    add_form_class = forms.NewProjectForm
    edit_form_class = forms.ProjectForm
    list_columns = ["name", "status", "features", "address", "service_phone", "plots", "company"]
    number_columns = frozenset({"plots"})
    wide_columns = frozenset({"address", "introduction"})
    label_columns = {
        "name": _("Name"),
        "status": _("State"),
        "features": _("Feature tags"),
        "address": _("Address"),
        "coordinates": _("Coordinates"),
        "service_phone": _("Service phone"),
        "plots": _("Plots"),
        "company": _("Company"),
        "introduction": _("Introduction"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "status": presentation.in_use_tag,
        "features": lambda project: tags(project.features),
        "company": lambda project: project.company.name,
        "address": lambda project: project.address,
        "coordinates": _coordinates,
        "introduction": lambda project: rich(project.introduction),
    }
    item_values = {"address": _address, "service_phone": _call}
    show_fieldsets = [
        (
            "",
            {
                "fields": [
                    "name",
                    "company",
                    "service_phone",
                    "features",
                    "coordinates",
                    "created_at",
                    "address",
                    "introduction",
                ]
            },
        ),
    ]

    def record_tags(self, record: Project) -> list[Any]:
        return [presentation.in_use_tag(record)]

    def cells_of(self, records: Sequence[Project], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the number of plots of each project."""
        wanted = [record.id for record in records]
        rows = select(Plot.project_id, func.count()).where(Plot.project_id.in_(wanted))
        found: dict[int, int] = dict(db.session.execute(rows.group_by(Plot.project_id)).all())
        return {pk: {"plots": found.get(pk, 0)} for pk in wanted}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *self.edit_offers(actor)]

    def detail_buttons(self, record: Project, actor: Actor, facts: Any) -> list[Button]:
        url = presentation.list_of("ReferralView", ReferralPermission.READ, project_id=record.id)
        referrals = [Button(gettext("Referrals"), url, "fa-address-card")] if url else []
        return [
            *self.edit_buttons(record, actor, facts, is_main=True),
            *operation_buttons(self, actor, record, facts),
            *referrals,
        ]

    def check_edit(self, _record: Project, actor: Actor, _facts: None) -> Decision:
        return policies.can_keep_projects(actor)

    def form_data(self, record: Project | None, actor: Actor) -> dict[str, Any]:
        if record is not None:
            return {name: getattr(record, name) for name in _FIELDS}
        ours = db.session.scalars(companies_of(actor).limit(2)).all()
        return {"active": True, "company_id": ours[0].id if len(ours) == 1 else actor.company_id}

    def create(self, values: dict[str, Any], actor: Actor) -> Project:
        return projects.create_project(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Project:
        return projects.edit_project(pk, **values, actor=actor)

    @expose("/<int:pk>/plots/new", methods=["GET", "POST"])
    @permitted(ProjectPermission.UPDATE)
    def add_plot(self, pk: int) -> Any:
        """Add a plot to the project."""
        actor = current_actor()
        project = self.get_record(pk, actor)
        policies.can_keep_projects(actor).enforce()
        back = url_for("ProjectView.show", pk=pk, _anchor="plots")
        return run_form(
            forms.PlotForm(),
            title=f"{gettext('New plot')} — {project.name}",
            back_url=back,
            submit=lambda values: projects.create_plot(pk, **values, actor=actor),
            done_url=lambda _plot: back,
        )


class PlotView(ScopedModelView):
    """Shows a plot with its pictures; its project links to it."""

    datamodel = SQLAInterface(Plot)
    route_base = "/plots"
    class_permission_name = "Project"
    include_route_methods = {"show", "tab", "edit", "add_files"}
    scope = staticmethod(visible_plots)
    spec = PLOTS
    detail_tabs = OF_PLOTS
    menu_place = "ProjectView"
    list_options = (joinedload(Plot.project),)
    list_title = _("Plots")
    edit_title = _("Edit plot")
    edit_form_class = forms.PlotForm
    list_columns = ["number", "tags"]
    wide_columns = frozenset({"introduction"})
    label_columns = {
        "number": _("Plot number"),
        "project": _("Project"),
        "tags": _("Tags"),
        "introduction": _("Introduction"),
    }
    formatters_columns = {
        "project": lambda plot: presentation.link(
            plot.project.name, presentation.address_of("ProjectView", ProjectPermission.READ, plot.project_id)
        ),
        "tags": lambda plot: tags(plot.tags),
        "introduction": lambda plot: rich(plot.introduction),
    }
    show_fieldsets = [
        ("", {"fields": ["number", "project", "tags", "introduction"]}),
    ]

    def record_title(self, record: Plot) -> str:
        return f"{record.project.name} {record.number}"

    def back_url(self, record: Plot) -> str:
        return url_for("ProjectView.show", pk=record.project_id, _anchor="plots")

    def detail_buttons(self, record: Plot, actor: Actor, _facts: None) -> list[Button]:
        return plot_buttons(record, actor)

    def check_edit(self, _record: Plot, actor: Actor, _facts: None) -> Decision:
        return policies.can_keep_projects(actor)

    def form_data(self, record: Plot | None, _actor: Actor) -> dict[str, Any]:
        names = ("number", "position", "tags", "introduction")
        return {name: getattr(record, name) for name in names} if record else {}

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Plot:
        return projects.edit_plot(pk, **values, actor=actor)

    @expose("/<int:pk>/add-files", methods=["GET", "POST"])
    @permitted(ProjectPermission.ADD_FILES)
    def add_files(self, pk: int) -> Any:
        """Add pictures to the plot."""
        actor = current_actor()
        plot = self.get_record(pk, actor)
        policies.can_add_pictures(actor, plot).enforce()
        back = url_for("PlotView.show", pk=pk, _anchor="pictures")
        return run_form(
            forms.PicturesForm(),
            title=f"{gettext('Add pictures')} — {self.record_title(plot)}",
            back_url=back,
            submit=lambda values: projects.add_plot_pictures(pk, **values, actor=actor),
            done_url=lambda _plot: back,
            submit_label=_("Add"),
        )

    add_files._takes_files = True
