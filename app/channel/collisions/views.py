"""Collisions in the back office: the list, the page of both sides, the decision (CH-18, CH-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.brokers.presentation import broker_cell
from app.channel.collisions.filters import COLLISIONS
from app.channel.collisions.models import Collision
from app.channel.collisions.presentation import side_by_side, state_tags
from app.channel.collisions.queries import (
    SIDES,
    get_collision,
    handled_collisions,
    open_collisions,
    visible_collisions,
)
from app.channel.referrals.presentation import fragments, referral_cell
from app.channel.shared.permissions import CollisionPermission, ReferralPermission
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.row_buttons import RowOffer
from app.kernel.pages.tabs import ListTab
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


TABS = (
    ListTab("open", _("To be decided"), open_collisions),
    ListTab("handled", _("Handled"), handled_collisions),
    ListTab("all", _("All"), visible_collisions),
)


class CollisionView(ScopedModelView):
    """Lists open collisions first; they are handled in the list or on the page that shows both sides."""

    datamodel = SQLAInterface(Collision)
    route_base = "/collisions"
    class_permission_name = "Collision"
    include_route_methods = {"list", "counts", "show"}
    menu_badge = "collisions"
    scope = staticmethod(visible_collisions)
    spec = COLLISIONS
    tabs = TABS
    list_options = SIDES
    list_title = _("Collisions")
    empty_text = _("No collision: nobody brought a customer whom another broker's protection covers")
    list_columns = [
        "name", "status", "fragment", "bound_broker", "bound_phone", "bound_code", "other_broker",
        "other_phone", "other_code", "last_at", "count", "created_at", "handled_at", "note",
    ]  # fmt: skip
    number_columns = frozenset({"count"})
    wide_columns = frozenset({"note"})
    label_columns = {
        "name": _("Full name"),
        "status": _("State"),
        "fragment": _("Phone fragment"),
        "bound_broker": _("Bound broker"),
        "bound_phone": _("Bound broker's phone"),
        "bound_code": _("Bound code"),
        "other_broker": _("Reporting broker"),
        "other_phone": _("Reporting broker's phone"),
        "other_code": _("Reporting code"),
        "last_at": _("Last time"),
        "count": _("Times"),
        "created_at": _("First time"),
        "handled_at": _("Handled at"),
        "note": _("Note"),
    }
    formatters_columns = {
        "name": lambda row: row.bound_referral.name,
        "status": state_tags,
        "fragment": lambda row: fragments(row.bound_referral),
        "bound_broker": lambda row: broker_cell(row.bound_referral.broker),
        "bound_phone": lambda row: row.bound_referral.broker.phone,
        "bound_code": lambda row: referral_cell(row.bound_referral),
        "other_broker": lambda row: broker_cell(row.referral.broker) if row.referral else _visitor(row),
        "other_phone": lambda row: row.referral.broker.phone if row.referral else row.visitor.phone.masked,
        "other_code": lambda row: referral_cell(row.referral) if row.referral else row.visitor.code,
    }

    def get_record(self, pk: int, actor: Actor) -> Collision:
        return get_collision(pk, actor=actor)

    def record_title(self, record: Collision) -> str:
        return record.bound_referral.name

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        """Return a button to the page of both sides, and the decision."""
        both = RowOffer.at("CollisionView.show", gettext("Compare"))
        return [both, *operation_offers(self, actor)]

    def detail_buttons(self, record: Collision, actor: Actor, facts: Any) -> list[Button]:
        """Return the decision, and the printed evidence about the customer (CH-29)."""
        decide = operation_buttons(self, actor, record, facts)
        if not actor.may(ReferralPermission.READ):
            return decide
        url = url_for("ReferralView.evidence", pk=record.bound_referral_id)
        return [*decide, Button(gettext("Print or export as evidence"), url, "fa-scale-balanced")]

    @expose("/<int:pk>", methods=["GET"])
    @permitted(CollisionPermission.READ)
    def show(self, pk: int) -> str:
        """Show both sides and their timelines, aligned by time."""
        actor = current_actor()
        collision = get_collision(pk, actor=actor)
        page = side_by_side(
            collision, url_for("CollisionView.list"), self.detail_buttons(collision, actor, None)
        )
        return render_template("channel/collision.html", page=page)


def _visitor(row: Collision) -> str:
    """Name the visitor, who came without a broker."""
    return gettext("Visitor %(name)s", name=row.visitor.name) if row.visitor else ""
