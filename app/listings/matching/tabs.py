"""The tabs of matches: of a customer, of a listing, and the memory of pairs (LST-3, LST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.shared.parts import CustomerPart, Lines
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import facts_of
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button, Entry
from app.kernel.pages.formatting import code_tag, join_html, local_time, record_address, tag
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table, table_of
from app.listings.homes.permissions import ListingPermission
from app.listings.homes.presentation import price_of
from app.listings.matching.choices import INTEREST, LIKED, OPEN, REFUSED
from app.listings.matching.hanging import INTERESTS
from app.listings.matching.models import ListingInterest
from app.listings.matching.operations import SET_MUSTS
from app.listings.matching.permissions import MatchPermission
from app.listings.matching.policies import can_judge
from app.listings.matching.queries import WITH_LISTING, customers_for, interests_of, listings_for
from app.listings.matching.serializers import InterestRecord, interest_records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from app.customers.shared.models import Customer
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import TableTab
    from app.listings.homes.models import Listing
    from app.listings.matching.queries import Fit

_ANSWERS = {LIKED: _("Likes it"), REFUSED: _("Refuses it"), OPEN: _("Take back")}


def _reasons(fit: Fit) -> Markup:
    return join_html([tag(one.sentence, "green" if one.fits else "orange") for one in fit.match.reasons])


def _interest(fit: Fit) -> Markup | str:
    return code_tag(INTEREST, fit.interest) if fit.interest else ""


_SCORE = TabColumn("score", _("Match"), lambda fit: fit.match.score, number=True)
_WHY = TabColumn("reasons", _("Why"), _reasons, wide=True)
_SAID = TabColumn("interest", _("Customer's answer"), _interest)
_OF_A_CUSTOMER = (
    _SCORE,
    TabColumn("listing", _("Listing"), lambda fit: fit.record.name),
    TabColumn("price", _("Price"), lambda fit: price_of(fit.record), number=True),
    _WHY,
    _SAID,
)
_OF_A_LISTING = (_SCORE, TabColumn("customer", _("Customer"), lambda fit: fit.record.name), _WHY, _SAID)


def matches_tab(customer: Customer, _page: int) -> TableTab:
    """Return the listings that fit the customer, best first, with the buttons of the customer's answers."""
    actor = current_actor()
    facts = facts_of([customer], actor)[customer.id]
    answer = _answer_buttons(customer.id, can_judge(actor, customer, facts))
    empty = (
        _("Enter what the customer looks for to see listings that fit")
        if customer.demand_kind is None
        else _("No listing on offer fits this demand")
    )
    return table_of(
        listings_for(customer, actor),
        _OF_A_CUSTOMER,
        empty,
        url_of=lambda fit: record_address("ListingView.show", fit.record.id),
        buttons_of=lambda fit: answer(fit.record.id, fit.interest),
        buttons=form_button(SET_MUSTS, customer, actor, facts),
    )


def customers_tab(listing: Listing, _page: int) -> TableTab:
    """Return the customers whom the listing fits, of those that the person sees in full (LST-4)."""
    return table_of(
        customers_for(listing, current_actor()),
        _OF_A_LISTING,
        _("No customer in your reach looks for such a home"),
        url_of=lambda fit: record_address("CustomerView.show", fit.record.id),
    )


def interests_tab(customer: Customer, page: int) -> TableTab:
    """Return what the customer said of listings; a refusal can be taken back here."""
    actor = current_actor()
    facts = facts_of([customer], actor)[customer.id]
    answer = _answer_buttons(customer.id, can_judge(actor, customer, facts))
    return newest_table(
        interests_of(customer, actor),
        ListingInterest,
        page,
        _MEMORY,
        _("The customer has not said anything of a listing yet"),
        buttons_of=lambda row: answer(row.listing_id, row.state),
    )


def _answer_buttons(customer_id: int, verdict: Decision) -> Callable[[int, str], list[Button]]:
    """Return what makes the buttons of the answers that are not the present one."""
    if not current_actor().may(MatchPermission.JUDGE_LISTING):
        return lambda _listing_id, _state: []

    def buttons(listing_id: int, state: str) -> list[Button]:
        return [
            Button(
                str(label),
                url_for("CustomerView.judge_listing", pk=customer_id, listing_id=listing_id, state=code),
                mode="drawer",
                reason=verdict.reason,
            )
            for code, label in _ANSWERS.items()
            if code != (state or OPEN)
        ]

    return buttons


_MEMORY = (
    TIME,
    TabColumn("listing", _("Listing"), lambda row: row.listing.name),
    TabColumn("state", _("Customer's answer"), lambda row: code_tag(INTEREST, row.state)),
    TabColumn("reason", _("Reason"), lambda row: row.reason, wide=True),
    TabColumn("by", _("Noted by"), lambda row: row.changed_by.display_name),
)


def _entries(rows: Sequence[ListingInterest]) -> list[Entry]:
    return [
        Entry(
            row.changed_by.display_name,
            local_time(row.created_at),
            row.listing.name,
            row.reason or "",
            [code_tag(INTEREST, row.state)],
        )
        for row in rows
    ]


def _event(row: InterestRecord) -> tuple[str, str]:
    said = INTEREST.label(row["state"])
    return row["by"]["name"], gettext("%(listing)s: %(answer)s", listing=row["listing"]["name"], answer=said)


MATCHES_TAB = DetailTab("matches", _("Matching listings"), matches_tab, ListingPermission.READ)
CUSTOMERS_TAB = DetailTab("matches", _("Matching customers"), customers_tab, CustomerPermission.READ)
MEMORY = CustomerPart(
    "listing_interests",
    _("Answers to listings"),
    interests_tab,
    interests_of,
    ListingInterest.created_at,
    interest_records,
    InterestRecord,
    _event,
    position=20,
    read=ListingPermission.READ,
    answers=INTERESTS,
    lines=Lines(_entries, WITH_LISTING, "fa-house", "blue"),
    options=WITH_LISTING,
)


def place_tab(tabs: Sequence[Any]) -> tuple[Any, ...]:
    """Return the customer's tabs with that of matches before the memory of answers."""
    others = [tab for tab in tabs if tab.key != MATCHES_TAB.key]
    place = next((number for number, tab in enumerate(others) if tab.key == MEMORY.key), len(others))
    return (*others[:place], MATCHES_TAB, *others[place:])
