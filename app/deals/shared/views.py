"""The base of the pages of business records (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import request

from app.audit.presentation import LOG_TAB
from app.customers.shared.policies import NO_FACTS, Facts
from app.deals.shared.policies import can_change
from app.deals.shared.presentation import customer_cells
from app.deals.shared.queries import customer_facts, get_record
from app.kernel.pages.elements import Button, enabled_first
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.views import ScopedModelView
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.row_buttons import RowOffer


class RecordView(ScopedModelView):
    """List, page and forms of one kind of business records; ``edited`` are the fields of its edit form."""

    include_route_methods = {"list", "show", "tab", "add", "edit"}
    detail_tabs = (LOG_TAB,)
    edited: ClassVar[Sequence[str]] = ()
    export_values: ClassVar[Any] = {"customer": lambda record: record.name_of_customer}

    def get_record(self, pk: int, actor: Actor) -> Any:
        return get_record(self.datamodel.obj, pk, actor=actor)

    def record_title(self, record: BusinessRecord) -> str:
        return record.title

    def facts_of(self, records: Sequence[BusinessRecord], actor: Actor) -> Mapping[int, Facts]:
        return customer_facts(records, actor)

    def cells_of(self, records: Sequence[Any], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        return customer_cells(records, actor)

    def check_edit(self, record: BusinessRecord, actor: Actor, facts: Facts | None) -> Decision:
        return can_change(actor, record, facts or NO_FACTS)

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *operation_offers(self, actor)]

    def detail_buttons(self, record: BusinessRecord, actor: Actor, facts: Facts) -> list[Button]:
        edit = self.edit_buttons(record, actor, facts)
        return enabled_first([*edit, *operation_buttons(self, actor, record, facts)], len(edit))

    def form_data(self, record: Any | None, _actor: Actor) -> dict[str, Any]:
        """Return the values of a record; of a new one the customer that the address names."""
        if record is None:
            return {"customer_id": _asked_customer()}
        return {name: getattr(record, name) for name in (*self.edited, "owner_id", "version")}


def _asked_customer() -> int | None:
    """Return the customer from whose page the form was opened."""
    try:
        return read_id(request.args.get("customer_id", ""))
    except ValueError:
        return None
