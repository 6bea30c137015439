"""Referrals in the back office: list, detail, decisions, evidence (CH-10, CH-22 … CH-24, CH-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.referrals import evidence, presentation
from app.channel.referrals.bindings import fragments_of, live_holders
from app.channel.referrals.evidence import note_evidence_export
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.models import Referral
from app.channel.referrals.parts import referral_parts
from app.channel.referrals.policies import ReferralFacts
from app.channel.referrals.queries import REFERRAL_PEOPLE, TABS, get_referral, referrals_in, visible_referrals
from app.channel.referrals.rows import REFERRAL_ROWS
from app.channel.referrals.tabs import identity_of
from app.channel.referrals.timeline import history_of
from app.channel.shared.permissions import ReferralPermission
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.exports.lists import export_rows
from app.kernel.pages.elements import Button, enabled_first
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.routes import permitted
from app.kernel.pages.tabs import ListTab
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask import Response
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.timelines import TimelineSource


_LABELS = {
    "all": _("All"),
    "entered": _("Entered"),
    "reported": _("Reported"),
    "bound": _("Bound"),
    "expired": _("Expired"),
    "closed": _("Closed"),
}


def _scope(tab: str) -> Callable[[Actor], Select[Referral]]:
    return lambda actor: referrals_in(actor, tab)


class ReferralView(ScopedModelView):
    """Shows brokers' customers to secretary, director and administrator."""

    datamodel = SQLAInterface(Referral)
    route_base = "/referrals"
    class_permission_name = "Referral"
    include_route_methods = {"list", "counts", "show", "tab", "evidence", "evidence_export"}
    scope = staticmethod(visible_referrals)
    spec = REFERRALS
    tabs = tuple(ListTab(tab, _LABELS[tab], _scope(tab)) for tab in TABS)
    list_options = REFERRAL_PEOPLE
    row_shape = REFERRAL_ROWS
    list_title = _("Referrals")
    empty_text = _("No customer here yet; brokers enter and report customers on their phones")
    list_columns = [
        "code", "name", "fragment", "status", "protection", "broker", "broker_phone", "company",
        "expected_visit_at", "created_at", "project",
    ]  # fmt: skip
    label_columns = presentation.LABELS
    formatters_columns = presentation.FORMATTERS
    export_values = presentation.VALUES
    wide_columns = frozenset({"needs", "closed_note"})
    lead_fields = ("protection", "expected_visit_at")
    copied_fields = frozenset({"code", "fragment", "broker_phone"})

    def get_record(self, pk: int, actor: Actor) -> Referral:
        return get_referral(pk, actor=actor)

    def record_title(self, record: Referral) -> str:
        return f"{record.name} {record.code}"

    def record_tags(self, record: Referral) -> list[Any]:
        return presentation.head_tags(record)

    def sections_of(self, record: Referral) -> Sequence[Any]:
        return presentation.sections_of(record)

    def tab_counts(self, record: Referral, actor: Actor) -> Mapping[str, Select[Any]]:
        """Return the rows of each tab: those of the parts under all codes of the customer (CH-29)."""
        return {**identity_of(record).counted(), **super().tab_counts(record, actor)}

    def timeline(self, record: Referral, _actor: Actor) -> Sequence[TimelineSource]:
        """Return the customer's timeline under all codes (CH-29)."""
        return identity_of(record).sources()

    def timeline_buttons(self, record: Referral, _actor: Actor) -> list[Button]:
        url = url_for("ReferralView.evidence", pk=record.id)
        return [Button(gettext("Print or export as evidence"), url, "fa-scale-balanced")]

    def row_offers(self, _actor: Actor) -> list[RowOffer]:
        return [self.opening_offer()]

    def facts_for(self, record: Referral, actor: Actor) -> ReferralFacts:
        """Return whether another's binding of the customer lives (CH-24); queried only where that decides."""
        if record.present_state not in {"reported", "expired"} or not actor.may(ReferralPermission.CLOSE):
            return ReferralFacts()
        holders = live_holders(record.project_id, record.name_key, fragments_of(record))
        return ReferralFacts(bound_elsewhere=any(one.referral_id != record.id for one in holders))

    def detail_buttons(self, record: Referral, actor: Actor, facts: ReferralFacts) -> list[Button]:
        operations = [
            *operation_buttons(self, actor, record, facts),
            *(button for part in referral_parts() for button in part.buttons(record, actor)),
        ]
        url = url_for("ReferralView.evidence", pk=record.id)
        return [*enabled_first(operations, 0), Button(gettext("Evidence"), url, "fa-scale-balanced")]

    @expose("/<int:pk>/evidence", methods=["GET"])
    @permitted(ReferralPermission.READ)
    def evidence(self, pk: int) -> str:
        """Show everything about the customer under all codes, for printing (CH-29)."""
        actor = current_actor()
        referral = get_referral(pk, actor=actor)
        history = history_of(referral)
        return render_template(
            "channel/evidence.html",
            title=evidence.title_of(referral),
            referral=referral,
            back_url=self.record_url(referral),
            export=Button(
                gettext("Export"),
                url_for("ReferralView.evidence_export", pk=pk),
                "fa-file-export",
                "download",
            ),
            claims=evidence.claims_of(history),
            lines=evidence.lines_of(history),
            made_at=evidence.exact_time(clock.now()),
            made_by=actor.name,
        )

    @expose("/<int:pk>/evidence/export", methods=["POST"])
    @permitted(ReferralPermission.READ)
    def evidence_export(self, pk: int) -> Response:
        """Export the same events as a spreadsheet; the referral's log keeps who took it (CH-29)."""
        actor = current_actor()
        referral = get_referral(pk, actor=actor)
        return export_rows(
            evidence.title_of(referral),
            evidence.sheet_columns(),
            evidence.lines_of(history_of(referral)),
            lambda rows: note_evidence_export(pk, rows, actor=actor),
        )
