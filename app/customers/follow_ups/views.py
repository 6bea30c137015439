"""The follow-ups of all customers, written by people in the actor's scope (POOL-18, PLAT-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.follow_ups.queries import follow_ups_in_scope
from app.customers.shared import choices
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.queries import openable_names
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.formatting import code_cell
from app.kernel.pages.views import ScopedModelView
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


class FollowUpView(ScopedModelView):
    """Lists follow-ups: by which person, when and how. Texts are shown only for customers that the actor can
    open.
    """

    datamodel = SQLAInterface(FollowUp)
    route_base = "/follow-ups"
    class_permission_name = "FollowUp"
    include_route_methods = {"list"}
    scope = staticmethod(follow_ups_in_scope)
    spec = ListSpec(
        (
            ReferenceFilter(
                "author_id", _("Who"), FollowUp.author_id, lambda: url_for("OptionsView.staff"), staff_name
            ),
            ChoiceFilter("method", _("Method"), FollowUp.method, choices.METHOD),
            DateRangeFilter("created", _("Time"), FollowUp.created_at),
        ),
        {"created_at": FollowUp.created_at},
        "-created_at",
    )
    list_options = (joinedload(FollowUp.author),)
    list_title = _("Follow-ups")
    empty_text = _("No follow-up yet")
    list_columns = ["created_at", "author", "customer", "method", "content", "next_contact_at"]
    wide_columns = frozenset({"content"})
    label_columns = {
        "created_at": _("Time"),
        "author": _("Who"),
        "customer": _("Customer"),
        "method": _("Method"),
        "content": _("Content"),
        "next_contact_at": _("Next contact"),
    }

    formatters_columns = {
        "author": lambda follow_up: follow_up.author.name,
        "method": code_cell(choices.METHOD, "method"),
        "customer": lambda _follow_up: None,  # cells_of decides who may read these two
        "content": lambda _follow_up: None,
    }

    def cells_of(self, records: Sequence[FollowUp], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return name and text, where the actor can open the customer."""
        names = openable_names([record.customer_id for record in records], actor)
        return {
            record.id: {"customer": names[record.customer_id], "content": record.content}
            for record in records
            if record.customer_id in names
        }

    def row_url(self, record: FollowUp, cells: Mapping[str, Any]) -> str:
        return url_for("CustomerView.show", pk=record.customer_id) if cells else ""
