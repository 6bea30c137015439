"""Choose a broker company by a part of its name, with a search button where no script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from app.channel.companies.models import BrokerCompany
from app.channel.companies.queries import offered_companies
from app.kernel.database.session import db
from app.kernel.lists.search import contains
from app.kernel.text import clean_line

if TYPE_CHECKING:
    from app.channel.phone.fields import PickField


BUTTON = "find_company"
MOST = 200  # companies on the page; a script searches among them, the server among all


def company_search(field: PickField, chosen: int | None = None) -> dict[str, Any]:
    """Offer companies by name, narrowed by the search; the chosen one always stays offered."""
    typed = clean_line(request.form.get("company_search", ""))[:60]
    statement = offered_companies().order_by(BrokerCompany.name).limit(MOST + 1)
    if typed:
        statement = statement.where(contains(BrokerCompany.name, typed))
    found = [*db.session.scalars(statement)]
    present = field.data if isinstance(field.data, int) else chosen
    if present is not None and all(one.id != present for one in found):
        found += db.session.scalars(offered_companies().where(BrokerCompany.id == present))
    is_whole = len(found) <= MOST
    field.offer(found[:MOST] if is_whole else [*found[:MOST], *found[MOST + 1 :]], chosen)
    pressed = request.method == "POST" and BUTTON in request.form
    return {
        "only_show": pressed,
        "company": {"button": BUTTON, "typed": typed, "is_whole": is_whole and not typed, "none": not found},
    }
