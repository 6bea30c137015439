"""Tours and their follow-ups in the back office (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.brokers.presentation import broker_cell
from app.channel.scans.presentation import code_cell, visit_address
from app.channel.tours import choices
from app.channel.tours.filters import TOURS
from app.channel.tours.models import Tour, TourFollowUp
from app.channel.tours.queries import TOUR_PEOPLE, get_tour, visible_tours
from app.channel.tours.services import count_follow_ups, follow_ups_of
from app.kernel.pages.elements import Button, Entry, TimelineTab
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.pages.tabs import DetailTab, newest_page
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


def _follow_ups_tab(tour: Tour, page: int) -> TimelineTab:
    """Return the timeline of follow-ups, newest first."""
    rows, more = newest_page(follow_ups_of(tour), TourFollowUp, page)
    entries = [Entry(row.author.name, local_time(row.created_at), row.content) for row in rows]
    empty = gettext("No follow-up yet; the consultant writes them on the phone")
    return TimelineTab(entries, empty, more)


class TourView(ScopedModelView):
    """Shows which consultant received which customer, with the intention that they judged."""

    datamodel = SQLAInterface(Tour)
    route_base = "/tours"
    class_permission_name = "Tour"
    include_route_methods = {"list", "show", "tab"}
    scope = staticmethod(visible_tours)
    spec = TOURS
    detail_tabs = (DetailTab("follow_ups", _("Follow-ups"), _follow_ups_tab),)
    list_options = TOUR_PEOPLE
    list_title = _("Tours")
    empty_text = _("Nobody was shown around yet; consultants record their tours on the phone")
    list_columns = [
        "created_at", "code", "name", "phone", "status", "broker", "broker_phone", "consultant",
        "consultant_phone", "project",
    ]  # fmt: skip
    label_columns = {
        "created_at": _("Scanned"),
        "code": _("Customer code"),
        "name": _("Full name"),
        "phone": _("Phone fragment"),
        "status": _("Intention"),
        "broker": _("Broker"),
        "broker_phone": _("Broker's phone"),
        "consultant": _("Property consultant"),
        "consultant_phone": _("Consultant's phone"),
        "project": _("Project"),
    }
    formatters_columns = {
        "code": code_cell,
        "status": lambda tour: code_tag(choices.INTENTION, tour.intention),
        "broker": lambda tour: broker_cell(tour.broker),
        "broker_phone": lambda tour: tour.broker.phone if tour.broker else "",
        "consultant": lambda tour: tour.consultant.name,
        "consultant_phone": lambda tour: tour.consultant.phone,
        "project": lambda tour: tour.project.name,
    }
    export_values = {
        "code": lambda tour: tour.code,
        "status": lambda tour: choices.INTENTION.label(tour.intention),
        "broker": lambda tour: tour.broker.name if tour.broker else "",
    }
    show_fieldsets = [
        (_("Tour"), {"fields": ["created_at", "status", "consultant", "consultant_phone", "project"]}),
        (_("Customer"), {"fields": ["code", "name", "phone", "broker", "broker_phone"]}),
    ]

    def get_record(self, pk: int, actor: Actor) -> Tour:
        return get_tour(pk, actor=actor)

    def record_title(self, record: Tour) -> str:
        return gettext("Tour of %(name)s", name=record.name)

    def record_tags(self, record: Tour) -> list[Any]:
        return [code_tag(choices.INTENTION, record.intention)]

    def cells_of(self, records: Sequence[Tour], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Count the follow-ups of each tour."""
        counts = count_follow_ups([record.id for record in records])
        return {record.id: {"follow_ups": counts.get(record.id, 0)} for record in records}

    def row_links(self, record: Tour, cells: Mapping[str, Any]) -> list[Button]:
        url = self.record_url(record)
        number = gettext("Follow-ups (%(n)s)", n=cells["follow_ups"])
        return [Button(gettext("Open"), url), Button(number, f"{url}#follow_ups")]

    def detail_buttons(self, record: Tour, _actor: Actor, _facts: Any) -> list[Button]:
        url = visit_address(record)
        return [Button(gettext("Open the customer"), url, "fa-user")] if url else []
