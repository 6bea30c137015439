"""The pages of opportunities: list, board, page and forms (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.shared.policies import NO_FACTS
from app.deals.opportunities import choices, forms, policies, services
from app.deals.opportunities.filters import SPEC
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.presentation import status_tags
from app.deals.opportunities.queries import (
    PEOPLE,
    sums_by_stage,
    total_amounts,
    visible_opportunities,
    weighted,
)
from app.deals.opportunities.settings import probability_of
from app.deals.shared.currencies import money
from app.deals.shared.presentation import totals_below
from app.deals.shared.views import RecordView
from app.kernel.pages.formatting import code_tag, local_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


class OpportunityView(RecordView):
    """Opportunities with their stages; the totals weigh open ones by the probability of the stage."""

    datamodel = SQLAInterface(Opportunity)
    route_base = "/opportunities"
    class_permission_name = "Opportunity"
    scope = staticmethod(visible_opportunities)
    spec = SPEC
    list_options = PEOPLE
    add_form_class = forms.OpportunityForm
    edit_form_class = forms.OpportunityEditForm
    edited = tuple(services.FIELDS)
    list_title = _("Opportunities")
    add_title = _("New opportunity")
    edit_title = _("Edit opportunity")
    empty_text = _("No opportunity yet; add the first one here or on the customer's page")
    list_columns = [
        "title", "customer", "status", "stage", "amount", "currency", "weighted", "expected_on", "owner",
        "created_at",
    ]  # fmt: skip
    number_columns = frozenset({"amount", "weighted"})
    item_values = {  # with the currency, which is a column of its own in the list
        "amount": lambda record: money(record.amount, record.currency),
        "weighted": lambda record: (
            money(weighted(record.amount, record.stage), record.currency) if record.is_open else None
        ),
    }
    label_columns = {
        "title": _("Title"),
        "customer": _("Customer"),
        "status": _("State"),
        "stage": _("Sales stage"),
        "probability": _("Probability"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "weighted": _("Weighted amount"),
        "expected_on": _("Expected on"),
        "owner": _("Owner"),
        "created_by": _("Written by"),
        "created_at": _("Created"),
        "closed_at": _("Closed at"),
        "lost_reason": _("Reason"),
        "lost_remark": _("Remark on the reason"),
        "remark": _("Remark"),
    }
    formatters_columns = {
        "customer": lambda record: record.name_of_customer,
        "status": lambda record: code_tag(choices.STATUS, record.status),
        "stage": lambda record: code_tag(choices.STAGE, record.stage),
        "probability": lambda record: f"{probability_of(record.stage)}%",
        "weighted": lambda record: weighted(record.amount, record.stage) if record.is_open else None,
        "owner": lambda record: record.owner.name,
        "created_by": lambda record: record.created_by.display_name,
        "lost_reason": lambda record: choices.LOST_REASON.label(record.lost_reason),
    }
    wide_columns = frozenset({"remark"})
    show_fieldsets = [
        (
            _("Opportunity"),
            {
                "fields": [
                    "customer", "stage", "probability", "amount", "weighted", "expected_on", "owner",
                    "created_by", "created_at", "remark",
                ]
            },
        ),
        (_("Outcome"), {"fields": ["status", "closed_at", "lost_reason", "lost_remark"]}),
    ]  # fmt: skip

    def record_tags(self, record: Opportunity) -> list[Any]:
        return status_tags(record)

    def check_edit(self, record: Opportunity, actor: Actor, facts: Facts | None) -> Decision:
        return policies.can_work_on(actor, record, facts or NO_FACTS)

    def sums_of(self, result: Select[Any]) -> Mapping[str, Any]:
        """Return the totals by currency, of all and of open ones by their probability."""
        whole, likely = total_amounts(sums_by_stage(result))
        return {"amount": totals_below(whole), "weighted": totals_below(likely)}

    def create(self, values: dict[str, Any], actor: Actor) -> Opportunity:
        return services.create_opportunity(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Opportunity:
        version = values.pop("version")
        return services.update_opportunity(pk, values=values, version=version, actor=actor)


def card_lines(record: Opportunity) -> list[Any]:
    """Return the lines of a card on the board, below its title."""
    day = str(record.expected_on) if record.expected_on else ""
    closed = local_time(record.closed_at) if record.closed_at else ""
    return [
        record.name_of_customer,
        money(record.amount, record.currency),
        " · ".join(filter(None, (record.owner.name, closed or day))),
    ]
