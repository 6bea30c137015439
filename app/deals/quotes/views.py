"""The pages of quotes: list, page with the lines, and forms (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.shared.policies import NO_FACTS
from app.deals.quotes import choices, forms, policies, services
from app.deals.quotes.filters import SPEC
from app.deals.quotes.models import Quote
from app.deals.quotes.presentation import contract_link, lines_table, status_tags
from app.deals.quotes.queries import PEOPLE, sums_of_quotes, visible_quotes
from app.deals.shared.currencies import money
from app.deals.shared.presentation import totals_below
from app.deals.shared.views import RecordView
from app.kernel.pages.formatting import code_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


class QuoteView(RecordView):
    """Quotes; the page of one shows its lines as they are printed."""

    datamodel = SQLAInterface(Quote)
    route_base = "/quotes"
    class_permission_name = "Quote"
    scope = staticmethod(visible_quotes)
    spec = SPEC
    list_options = PEOPLE
    add_form_class = forms.QuoteForm
    edit_form_class = forms.QuoteEditForm
    edited = (*services.FIELDS, "lines")
    list_title = _("Quotes")
    add_title = _("New quote")
    edit_title = _("Edit quote")
    empty_text = _("No quote yet; add the first one here or on the customer's page")
    list_columns = [
        "code", "title", "customer", "status", "amount", "currency", "valid_until", "owner", "created_at",
    ]  # fmt: skip
    number_columns = frozenset({"amount", "net", "tax"})
    item_values = {  # with the currency, which is a column of its own in the list
        "amount": lambda record: money(record.amount, record.currency),
        "net": lambda record: money(record.net, record.currency),
        "tax": lambda record: money(record.tax, record.currency),
    }
    label_columns = {
        "code": _("Number"),
        "title": _("Title"),
        "customer": _("Customer"),
        "status": _("State"),
        "net": _("Net amount"),
        "tax": _("Tax"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "valid_until": _("Valid until"),
        "owner": _("Owner"),
        "created_by": _("Written by"),
        "created_at": _("Created"),
        "sent_at": _("Sent at"),
        "answered_at": _("Answered at"),
        "answer": _("What the customer said"),
        "remark": _("Remark"),
        "lines": _("Lines"),
        "contract": _("Contract"),
    }
    formatters_columns = {
        "customer": lambda record: record.name_of_customer,
        "status": lambda record: code_tag(choices.STATUS, record.status),
        "owner": lambda record: record.owner.name,
        "created_by": lambda record: record.created_by.display_name,
        "lines": lines_table,
        "contract": contract_link,
    }
    wide_columns = frozenset({"remark", "lines"})
    show_fieldsets = [
        (
            _("Quote"),
            {
                "fields": [
                    "code", "customer", "amount", "net", "tax", "valid_until", "owner",
                    "created_by", "created_at", "lines", "remark",
                ]
            },
        ),
        (_("Outcome"), {"fields": ["status", "sent_at", "answered_at", "answer", "contract"]}),
    ]  # fmt: skip

    def record_tags(self, record: Quote) -> list[Any]:
        return status_tags(record)

    def check_edit(self, record: Quote, actor: Actor, facts: Facts | None) -> Decision:
        return policies.can_edit(actor, record, facts or NO_FACTS)

    def form_data(self, record: Quote | None, actor: Actor) -> dict[str, Any]:
        found = super().form_data(record, actor)
        if record is not None and not record.lines:
            found["amount"] = record.amount or None
        return found

    def sums_of(self, result: Select[Any]) -> Mapping[str, Any]:
        """Return the totals by currency."""
        return {"amount": totals_below(sums_of_quotes(result))}

    def create(self, values: dict[str, Any], actor: Actor) -> Quote:
        return services.create_quote(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Quote:
        version = values.pop("version")
        return services.update_quote(pk, values=values, version=version, actor=actor)
