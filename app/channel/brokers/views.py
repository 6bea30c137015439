"""Brokers and company on-sites in the back office: review and change of profiles (CH-4, CH-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.channel.brokers import choices, forms, policies
from app.channel.brokers import services as brokers
from app.channel.brokers.filters import BROKERS
from app.channel.brokers.models import Broker
from app.channel.brokers.presentation import OF_BROKERS
from app.channel.brokers.queries import get_broker, visible_brokers
from app.channel.shared import presentation
from app.channel.shared.permissions import BrokerCompanyPermission, ReferralPermission
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_cell, code_tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.row_buttons import RowOffer
from app.kernel.pages.tabs import ListTab
from app.kernel.pages.views import ScopedModelView
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def _in_review(state: str) -> Callable[[Actor], Select[Broker]]:
    return lambda actor: visible_brokers(actor).where(Broker.review_state == state)


def _company(broker: Broker) -> Any:
    company = broker.broker_company
    return presentation.link(
        company.name, presentation.address_of("BrokerCompanyView", BrokerCompanyPermission.READ, company.id)
    )


class BrokerView(ScopedModelView):
    """Lists brokers, who register on their phones; the office reviews company on-sites, edits phone and
    company.
    """

    datamodel = SQLAInterface(Broker)
    route_base = "/brokers"
    class_permission_name = "Broker"
    include_route_methods = {"list", "counts", "show", "tab", "edit"}
    scope = staticmethod(visible_brokers)
    spec = BROKERS
    tabs = (
        ListTab("all", _("All"), visible_brokers),
        ListTab("pending", _("Awaiting review"), _in_review("pending")),
        ListTab("approved", _("Approved"), _in_review("approved")),
        ListTab("rejected", _("Rejected"), _in_review("rejected")),
    )
    menu_badge = "broker_reviews"
    detail_tabs = OF_BROKERS
    list_options = (joinedload(Broker.broker_company),)
    list_title = _("Brokers")
    edit_title = _("Edit broker")
    empty_text = _("No broker here; brokers register on their phones")
    edit_form_class = forms.BrokerEditForm
    list_columns = ["number", "name", "phone", "kind", "company", "status", "created_at"]
    wide_columns = frozenset({"review_reason"})
    label_columns = {
        "number": _("Number"),
        "name": _("Full name"),
        "nickname": _("Nickname"),
        "phone": _("Phone"),
        "kind": _("Type"),
        "company": _("Broker company"),
        "status": _("Review"),
        "review_reason": _("Reason of the rejection"),
        "reviewed_at": _("Reviewed"),
        "reviewed_by": _("Reviewed by"),
        "consent_version": _("Privacy notice"),
        "consent_at": _("Agreed"),
        "created_at": _("Registered"),
    }
    formatters_columns = {
        "kind": code_cell(choices.BROKER_KIND, "kind"),
        "company": _company,
        "status": code_cell(choices.REVIEW_STATE, "review_state"),
        "reviewed_by": lambda broker: staff_name(broker.reviewed_by_id) if broker.reviewed_by_id else "",
    }
    _PERSON = ("", {"fields": ["number", "name", "nickname", "kind", "phone", "company", "created_at"]})
    _CONSENT = (_("Privacy"), {"fields": ["consent_version", "consent_at"]})

    def get_record(self, pk: int, actor: Actor) -> Broker:
        return get_broker(pk, actor=actor)

    def sections_of(self, record: Broker) -> Sequence[Any]:
        if not record.is_onsite:
            return [self._PERSON, self._CONSENT]
        reviewed = ["status", "reviewed_at", "reviewed_by"]
        if record.review_state == "rejected":
            reviewed.append("review_reason")
        return [self._PERSON, (_("Review"), {"fields": reviewed}), self._CONSENT]

    def record_tags(self, record: Broker) -> list[Any]:
        tags = [code_tag(choices.BROKER_KIND, record.kind)]
        if record.is_onsite:
            tags.append(code_tag(choices.REVIEW_STATE, record.review_state))
        return tags

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [
            self.opening_offer(),
            *self.edit_offers(actor),
            RowOffer.at("BrokerView.show", gettext("Profile changes"), anchor="#changes"),
            *operation_offers(self, actor),
        ]

    def detail_buttons(self, record: Broker, actor: Actor, facts: Any) -> list[Button]:
        url = presentation.list_of("ReferralView", ReferralPermission.READ, broker_id=record.id)
        referrals = [Button(gettext("Referrals"), url, "fa-address-card")] if url else []
        review = operation_buttons(self, actor, record, facts) if record.is_onsite else []
        return [*review, *self.edit_buttons(record, actor, facts), *referrals]

    def check_edit(self, record: Broker, actor: Actor, _facts: None) -> Decision:
        return policies.can_edit_broker(actor, record)

    def form_data(self, record: Broker | None, _actor: Actor) -> dict[str, Any]:
        return {"phone": record.phone, "company_id": record.broker_company_id} if record else {}

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Broker:
        return brokers.edit_broker(pk, **values, actor=actor)
