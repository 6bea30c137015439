"""Business records as a part of their customer: tab, section of the 360° view, lines of the timeline
(CUST-15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.customers.shared.parts import CustomerPart, Lines
from app.customers.shared.queries import facts_of
from app.deals.shared.policies import can_add
from app.deals.shared.queries import records_of
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button, Entry
from app.kernel.pages.formatting import local_time, record_address
from app.kernel.pages.tabs import newest_table
from app.org.shared.models import Account, Staff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Answers
    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import TableTab
    from app.kernel.pages.tabs import TabColumn


@dataclass(frozen=True, kw_only=True)
class RecordPart:
    """The declaration of a kind of records as a part of their customer.

    ``tags(record)`` are the coloured labels of a line of the timeline, ``describe(record)`` the text below
    its title; ``said(api_record)`` says what the 360° view's timeline shows.
    """

    key: str
    label: Sentence
    model: type[BusinessRecord]
    view: str
    columns: Sequence[TabColumn]
    empty: Sentence
    add_label: Sentence
    records: Callable[[Iterable[Any]], list[Any]]
    record_type: Any
    tags: Callable[[Any], list[Any]]
    describe: Callable[[Any], str]
    said: Callable[[Any], str]
    answers: Answers
    read: Permission
    create: Permission
    icon: str
    position: int

    def part(self) -> CustomerPart:
        """Return the part of the customer."""
        return CustomerPart(
            self.key,
            self.label,
            self.tab,
            lambda customer, actor: records_of(self.model, customer, actor),
            self.model.created_at,
            self.records,
            self.record_type,
            lambda row: ((row["owner"] or {}).get("name", ""), self.said(row)),
            position=self.position,
            read=self.read,
            answers=self.answers,
            lines=Lines(
                self.entries,
                (
                    joinedload(self.model.owner).load_only(Staff.name),
                    joinedload(self.model.created_by).load_only(Account.first_name, Account.last_name),
                ),
                self.icon,
                "blue",
            ),
        )

    def tab(self, customer: Customer, page: int) -> TableTab:
        """Return the tab of the customer's records, with the button for a new one."""
        actor = current_actor()
        return newest_table(
            records_of(self.model, customer, actor),
            self.model,
            page,
            self.columns,
            self.empty,
            url_of=lambda row: record_address(f"{self.view}.show", row.id),
            buttons=self.buttons(customer, actor),
        )

    def buttons(self, customer: Customer, actor: Actor) -> list[Button]:
        """Return the button that adds a record; disabled, it shows the reason."""
        if not actor.may(self.create):
            return []
        verdict = can_add(actor, customer, facts_of([customer], actor)[customer.id])
        url = url_for(f"{self.view}.add", customer_id=customer.id)
        return [Button(str(self.add_label), url, "fa-plus", "drawer", primary=True, reason=verdict.reason)]

    def entries(self, rows: Sequence[Any]) -> list[Entry]:
        """Return records as lines of a timeline: who wrote them, what they are, whose they are now."""
        return [
            Entry(
                row.created_by.display_name,
                local_time(row.created_at),
                self.describe(row),
                gettext("Owner: %(name)s", name=row.owner.name),
                self.tags(row),
                what=row.title,
            )
            for row in rows
        ]
