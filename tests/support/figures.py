"""Read the workbench's figures, and make customers and follow-ups at chosen times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from app.customers.follow_ups.services import follow_up
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.make import make_customer

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.shared.follow_ups import FollowUp
    from app.kernel.access.actor import Actor
    from tests.support.web.pages import Page
    from tests.support.web.person import Browser


def customer_at(moment: datetime, actor: Actor, **values: Any) -> Customer:
    """Create a customer at that time."""
    with clock.frozen(moment):
        return make_customer(actor, **values)


def follow_up_at(moment: datetime, customer: Customer, actor: Actor, **values: Any) -> FollowUp:
    """Write a follow-up at that time."""
    with clock.frozen(moment):
        return follow_up(customer.id, content="联系过", method="phone", actor=actor, **values)


def put(customer: Customer, **values: Any) -> None:
    """Set columns of a customer that only time or later operations would change."""
    with unscoped("test data: what time or later operations would have made"):
        db.session.execute(update(Customer).where(Customer.id == customer.id).values(**values))
        db.session.commit()


def figures(page: Page) -> dict[str, tuple[str, str]]:
    """Return icon → (figure, address of its link)."""
    return {
        card.one(class_="stat-ico").one("i")["class"].split()[-1]: (
            card.one(class_="stat-v").text,
            card["href"],
        )
        for card in page.all("a", class_="stat")
    }


def table(page: Page, name: str) -> dict[str, tuple[str, ...]]:
    """Return a chart's table: row's head → its numbers."""
    found = page.one("table", aria_labelledby=f"h-{name}")
    rows = list(found.one("tbody").all("tr"))
    return {row.one("th").text: tuple(cell.text for cell in row.all("td", class_="bars-n")) for row in rows}


def links(page: Page, name: str) -> dict[tuple[str, int], str]:
    """Return the links of a chart's table: (row's head, column) → address."""
    found = page.one("table", aria_labelledby=f"h-{name}")
    return {
        (row.one("th").text, place): link["href"]
        for row in found.one("tbody").all("tr")
        for place, link in enumerate(row.all("a"))
    }


def total(browser: Browser, address: str) -> int:
    """Return the number of records that the list at the address shows; 0 for an empty list."""
    page = browser.page(address)
    said = page.all("span", class_="tfoot-n")
    return int(re.findall(r"\d+", said[0].text)[0]) if said else 0
