"""Remote-search choices of channel sales, only records that the actor can open (ACC-7, ACC-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_appbuilder.baseviews import BaseView, expose
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.channel.brokers.models import Broker
from app.channel.brokers.queries import visible_brokers
from app.channel.companies.models import BrokerCompany
from app.channel.companies.queries import visible_companies
from app.channel.projects.models import Plot, Project, ProjectMember
from app.channel.projects.queries import offered_consultants, visible_plots, visible_projects
from app.channel.shared.permissions import BrokerCompanyPermission, BrokerPermission, ProjectPermission
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import choices_from, empty_choices, search_text
from app.kernel.fields.phones import phone_part
from app.kernel.lists.search import contains, starting
from app.kernel.pages.routes import permitted
from app.kernel.text import MAX_ID, read_code
from app.org.shared.models import Account, Staff
from app.org.shared.permissions import OptionsPermission
from app.org.staff.choosing import choices_of_people, person_label

if TYPE_CHECKING:
    from flask import Response


def _usable() -> bool:
    """Tell whether to list only choices that a form would accept."""
    return bool(request.args.get("usable", 0, type=int))


def _id(name: str) -> int | None:
    """Return the id of the one record that the address names."""
    pk = request.args.get(name, 0, type=int)
    return pk if 0 < pk <= MAX_ID else None


class ChannelOptionsView(BaseView):
    """``/channel-options/…?q=&page=`` for remote-search fields and filters.

    ``usable=1`` leaves out what a form would refuse: brokers who may not work, companies and projects out of
    use. ``project_id`` narrows consultants and plots; ``but`` leaves one consultant out.
    """

    route_base = "/channel-options"
    class_permission_name = "Options"
    default_view = "brokers"

    @expose("/brokers", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def brokers(self) -> Response:
        """List brokers by name, number or the beginning of the phone (CH-5, CH-9)."""
        actor = current_actor()
        if not actor.may(BrokerPermission.USE):
            return empty_choices()
        statement = visible_brokers(actor).options(joinedload(Broker.broker_company))
        if _usable():
            working = select(Account.id).where(Account.id == Broker.id, Account.active.is_(True))
            statement = statement.where(Broker.review_state == "approved", working.exists())
        text = search_text()
        if text:
            statement = statement.where(
                or_(
                    contains(Broker.name, text),
                    starting(Broker.phone, phone_part(text)),
                    Broker.number == read_code(text),
                )
            )
        statement = statement.order_by(Broker.name_sort, Broker.id)
        return choices_from(statement, lambda row: f"{row.name} · {row.phone} · {row.broker_company.name}")

    @expose("/companies", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def companies(self) -> Response:
        """List broker companies by name (CH-2)."""
        actor = current_actor()
        if not actor.may(BrokerCompanyPermission.USE):
            return empty_choices()
        statement = visible_companies(actor)
        if _usable():
            statement = statement.where(BrokerCompany.active.is_(True))
        if search_text():
            statement = statement.where(contains(BrokerCompany.name, search_text()))
        return choices_from(statement.order_by(BrokerCompany.name), lambda row: row.name)

    @expose("/projects", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def projects(self) -> Response:
        """List the actor's projects by name; with the company for those who see several (CH-1)."""
        actor = current_actor()
        if not actor.may(ProjectPermission.USE):
            return empty_choices()
        statement = visible_projects(actor).order_by(Project.name, Project.id)
        if _usable():
            statement = statement.where(Project.active.is_(True))
        if search_text():
            statement = statement.where(contains(Project.name, search_text()))
        if not actor.opens_all:
            return choices_from(statement, lambda row: row.name)
        statement = statement.options(joinedload(Project.company))
        return choices_from(statement, lambda row: f"{row.name} · {row.company.name}")

    @expose("/consultants", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def consultants(self) -> Response:
        """List active consultants of the actor's projects, as people find them (CH-13, OFF-6)."""
        actor = current_actor()
        if not actor.may(ProjectPermission.USE):
            return empty_choices()
        statement = offered_consultants(actor)
        project = _id("project_id")
        if project is not None:
            here = select(ProjectMember.staff_id).where(
                ProjectMember.project_id == project, ProjectMember.duty == "consultant"
            )
            statement = statement.where(Staff.id.in_(here))
        if _id("but") is not None:
            statement = statement.where(Staff.id != _id("but"))
        statement = choices_of_people(actor, statement)
        if actor.staff_id is None:
            return choices_from(statement, lambda row: row.name)
        return choices_from(statement.options(joinedload(Staff.department)), person_label)

    @expose("/plots", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def plots(self) -> Response:
        """List plots of the actor's projects, by number (CH-1)."""
        actor = current_actor()
        if not actor.may(ProjectPermission.USE):
            return empty_choices()
        statement = (
            visible_plots(actor)
            .options(joinedload(Plot.project))
            .order_by(Plot.project_id, Plot.position, Plot.id)
        )
        project = _id("project_id")
        if project is not None:
            statement = statement.where(Plot.project_id == project)
        if search_text():
            statement = statement.where(contains(Plot.number, search_text()))
        if project is not None:
            return choices_from(statement, lambda row: row.number)
        return choices_from(statement, lambda row: f"{row.number} · {row.project.name}")
