"""Tabs of projects, plots and people: what belongs to the record (CH-1, CH-5, CH-28)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.show import operations_table
from app.channel import choices, faces
from app.channel.models import Broker, BrokerChange, OnsiteScan, Plot, Project, ProjectMember
from app.channel.queries import SCAN_PEOPLE, members_of, visible_brokers, visible_scans
from app.kernel.current import current_actor
from app.kernel.db import db
from app.kernel.files import files_by_subject, files_of
from app.kernel.filetabs import files_table
from app.kernel.pages import Button, Column, Row, TableTab, code_tag, join_html, local_time, tag
from app.kernel.tabs import newest_page
from app.kernel.views import DetailTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.channel.models import BrokerCompany, Visitor
    from app.kernel.files import Attachment


def tags(words: list[str]) -> Any:
    """A project's or plot's tags."""
    return join_html([tag(word, "blue") for word in words])


def log_tab(record: Any, page: int) -> TableTab:
    """What was done to the record."""
    return operations_table([(record.__audit__, record.id)], page)


LOG = DetailTab("operations", _("Operation log"), log_tab, resource="OperationLog")


# ---- projects and plots


def plots_tab(project: Project, _page: int) -> TableTab:
    """The plots in their order, with how many pictures each has."""
    may_edit = current_actor().may("update", "Project")
    pictures = files_by_subject(Plot.__files__, [plot.id for plot in project.plots])
    columns = [
        Column("number", gettext("Plot number")),
        Column("tags", gettext("Tags")),
        Column("pictures", gettext("Pictures"), number=True),
    ]
    rows = [_plot_row(plot, len(pictures[plot.id]), may_edit=may_edit) for plot in project.plots]
    url = url_for("ProjectView.add_plot", pk=project.id)
    new = [Button(gettext("New plot"), url, "fa-plus", "drawer", primary=True)] if may_edit else []
    empty = gettext("No plot yet; brokers and visitors see plots under the project")
    return TableTab(columns, rows, empty, buttons=new)


def _plot_row(plot: Plot, pictures: int, *, may_edit: bool) -> Row:
    url = url_for("PlotView.show", pk=plot.id)
    cells = {
        "number": plot.number,
        "tags": tags(plot.tags),
        "pictures": pictures,
    }
    return Row(plot.id, url, cells, [Button(gettext("Open"), url), *(plot_buttons(plot) if may_edit else [])])


def plot_buttons(plot: Plot) -> list[Button]:
    """What an administrator can do with a plot."""
    ask = gettext("Delete plot “%(number)s” with its pictures?", number=plot.number)
    delete = url_for("PlotView.remove", pk=plot.id)
    return [
        Button(gettext("Edit"), url_for("PlotView.edit", pk=plot.id), "fa-pen", "drawer"),
        Button(gettext("Delete"), delete, "fa-trash-can", "post", ask=ask, danger=True),
    ]


def pictures_tab(subject: Project | Plot, _page: int) -> TableTab:
    """The pictures, in the order in which they are shown on phones."""
    actor = current_actor()
    view = "ProjectView" if isinstance(subject, Project) else "PlotView"
    found = db.session.scalars(files_of(subject.__files__, [subject.id]))
    buttons = []
    if actor.may("add_files", "Project"):
        url = url_for(f"{view}.add_files", pk=subject.id)
        buttons = [Button(gettext("Add pictures"), url, "fa-image", "drawer", primary=True)]
    return files_table(
        found,
        buttons=buttons,
        remove_url=partial(_remove_url, view, subject.id) if actor.may("remove_file", "Project") else None,
        empty_text=gettext("No picture yet; the phone pages show them above the introduction"),
    )


def _remove_url(view: str, pk: int, file: Attachment) -> str:
    return url_for(f"{view}.remove_file", pk=pk, file_id=file.id)


def member_ids(project: Project) -> dict[str, Any]:
    """Who works at a project now, as the form shows it."""
    rows = db.session.execute(
        select(ProjectMember.duty, ProjectMember.staff_id).where(ProjectMember.project_id == project.id)
    ).all()
    found = {duty: [pk for one, pk in rows if one == duty] for duty in choices.DUTY.codes}
    return {"onsite_ids": found["onsite"], "consultant_ids": found["consultant"]}


def _members_tab(duty: str) -> Callable[[Project, int], TableTab]:
    def members(project: Project, _page: int) -> TableTab:
        columns = [
            Column("name", gettext("Full name")),
            Column("employee_no", gettext("Employee number")),
            Column("phone", gettext("Phone")),
        ]
        rows = [
            Row(
                one.id,
                faces.address_of("ConsultantView", "Consultant", one.id) if duty == "consultant" else "",
                {"name": one.name, "employee_no": one.employee_no, "phone": one.phone},
            )
            for one in db.session.scalars(members_of(project.id, duty))
        ]
        buttons = []
        if current_actor().may("staff", "Project"):
            url = url_for("ProjectView.staff", pk=project.id)
            buttons = [Button(gettext("Assign staff"), url, "fa-user-plus", "drawer", primary=True)]
        return TableTab(columns, rows, gettext("Nobody yet; assign colleagues"), buttons=buttons)

    return members


OF_PROJECTS = (
    DetailTab("plots", _("Plots"), plots_tab),
    DetailTab("pictures", _("Pictures"), pictures_tab),
    DetailTab("onsite", _("On-site staff"), _members_tab("onsite")),
    DetailTab("consultants", _("Property consultants"), _members_tab("consultant")),
    LOG,
)
OF_PLOTS = (DetailTab("pictures", _("Pictures"), pictures_tab), LOG)


# ---- companies, brokers and visitors


def _brokers_tab(company: BrokerCompany, page: int) -> TableTab:
    found = visible_brokers(current_actor()).where(Broker.broker_company_id == company.id)
    rows, more = newest_page(found, Broker, page)
    columns = [
        Column("name", gettext("Full name")),
        Column("number", gettext("Number")),
        Column("phone", gettext("Phone")),
        Column("kind", gettext("Type")),
        Column("status", gettext("Review")),
    ]
    shown = [
        Row(
            one.id,
            faces.address_of("BrokerView", "Broker", one.id),
            {
                "name": one.name,
                "number": one.number,
                "phone": one.phone,
                "kind": code_tag(choices.BROKER_KIND, one.kind),
                "status": code_tag(choices.REVIEW_STATE, one.review_state),
            },
        )
        for one in rows
    ]
    return TableTab(columns, shown, gettext("No broker yet; brokers register on their phones"), more)


def _changes_tab(broker: Broker, page: int) -> TableTab:
    """CH-5: time, phone before → after, company before → after, by whom."""
    sides = (joinedload(BrokerChange.company_before), joinedload(BrokerChange.company_after))
    found = select(BrokerChange).where(BrokerChange.broker_id == broker.id).options(*sides)
    rows, more = newest_page(found, BrokerChange, page)
    columns = [
        Column("time", gettext("Time")),
        Column("phone", gettext("Phone")),
        Column("company", gettext("Broker company")),
        Column("by", gettext("By")),
    ]
    shown = [
        Row(
            one.id,
            "",
            {
                "time": local_time(one.created_at),
                "phone": _moved(one.phone_before, one.phone_after),
                "company": _moved(one.company_before.name, one.company_after.name),
                "by": one.by_name,
            },
        )
        for one in rows
    ]
    return TableTab(columns, shown, gettext("Phone and company were never changed"), more)


def _moved(before: str, after: str) -> str:
    return f"{before} → {after}" if before != after else ""


def _visits_tab(visitor: Visitor, page: int) -> TableTab:
    """CH-15: where and when the visitor's own code was scanned, and who received them."""
    found = visible_scans(current_actor()).where(OnsiteScan.visitor_id == visitor.id).options(*SCAN_PEOPLE)
    rows, more = newest_page(found, OnsiteScan, page)
    places = dict(
        db.session.execute(
            select(Project.id, Project.name).where(Project.id.in_({row.project_id for row in rows}))
        ).all()
    )
    columns = [
        Column("time", gettext("Time")),
        Column("project", gettext("Project")),
        Column("status", gettext("Result")),
        Column("consultant", gettext("Property consultant")),
        Column("staff", gettext("On-site staff")),
    ]
    shown = [
        Row(
            one.id,
            "",
            {
                "time": local_time(one.created_at),
                "project": places[one.project_id],
                "status": code_tag(choices.SCAN_RESULT, one.result),
                "consultant": one.consultant.name,
                "staff": one.staff.name,
            },
        )
        for one in rows
    ]
    return TableTab(columns, shown, gettext("No visit yet; on-site staff scan the visitor's code"), more)


OF_COMPANIES = (DetailTab("brokers", _("Brokers"), _brokers_tab, resource="Broker"), LOG)
OF_BROKERS = (DetailTab("changes", _("Profile changes"), _changes_tab), LOG)
OF_VISITORS = (DetailTab("visits", _("Project visits"), _visits_tab, resource="Scan"), LOG)
