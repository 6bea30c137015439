"""Pages of what belongs to a customer and is shown in a tab of its page alone (CUST-12): the form of an edit,
and the operations; each leads back to the tab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.customers.shared.belongings import get_belonging
from app.customers.shared.operations import tab_url
from app.customers.shared.queries import facts_of
from app.kernel.pages.operations import edit_button, operation_button, operation_offers
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import Button
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.row_buttons import RowOffer


class BelongingView(ScopedModelView):
    """Edits a record that a tab of its customer's page shows; ``may_edit`` is the rule on the customer."""

    include_route_methods = {"edit"}
    tab_key: ClassVar[str] = ""
    may_edit: ClassVar[Any]  # a staticmethod: may_edit(actor, customer, facts) -> Decision
    edited: ClassVar[Sequence[str]] = ()
    title_of: ClassVar[str] = "name"

    def get_record(self, pk: int, actor: Actor) -> Any:
        return get_belonging(self.datamodel.obj, pk, actor=actor)

    def record_url(self, record: Any) -> str:
        return tab_url(record.customer_id, self.tab_key)

    def back_url(self, record: Any) -> str:
        return self.record_url(record)

    def record_title(self, record: Any) -> str:
        return str(getattr(record, self.title_of))

    def facts_of(self, records: Sequence[Any], actor: Actor) -> Mapping[int, Facts]:
        """Return the facts of their customers, which the rules read."""
        found = facts_of([*{one.customer_id: one.customer for one in records}.values()], actor)
        return {one.id: found[one.customer_id] for one in records}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [*self.edit_offers(actor), *operation_offers(self, actor)]

    def check_edit(self, record: Any, actor: Actor, facts: Facts) -> Decision:
        verdict: Decision = type(self).may_edit(actor, record.customer, facts)
        return verdict

    def form_data(self, record: Any | None, _actor: Actor) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.edited}


def belonging_buttons(
    view: str,
    record: Any,
    actor: Actor,
    facts: Facts,
    *,
    edit: Permission,
    may_edit: Callable[[Actor, Any, Facts], Decision],
    operations: Sequence[Operation],
) -> list[Button]:
    """Return the buttons of a row that the actor's roles may use: edit, then the operations.

    They are disabled with the reason where the rule refuses.
    """
    found = []
    if actor.may(edit):
        found.append(edit_button(view, record, may_edit(actor, record.customer, facts)))
    return found + [
        operation_button(view, one, record, one.policy(actor, record, facts))
        for one in operations
        if actor.has_permission(one.needs, edit.resource)
    ]
