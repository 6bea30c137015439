"""REST API records of quotes and their lines (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.deals.quotes import choices
from app.deals.shared.currencies import CURRENCY
from app.deals.shared.serializers import RecordBase, record_base
from app.kernel.api.base import iso
from app.kernel.api.schemas import Day, Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.deals.quotes.models import Quote, QuoteLine


class LineRecord(TypedDict):
    """A line of a quote; ``discount`` and ``tax`` in per cent, ``total`` is what it comes to (CUST-16)."""

    id: int
    item: str
    quantity: float
    price: float
    discount: float
    tax: float
    net: float
    tax_amount: float
    total: float


class LineList(TypedDict):
    """All lines of a quote, in their order."""

    items: list[LineRecord]


class QuoteRecord(RecordBase):
    """An offer to a customer; ``net`` and ``tax`` together are its ``amount`` (CUST-16)."""

    code: str
    status: Annotated[str, choices.STATUS]
    currency: Annotated[str, CURRENCY]
    net: float
    tax: float
    amount: float
    valid_until: Day | None
    remark: str | None
    sent_at: Moment | None
    answered_at: Moment | None
    answer: str | None


class WholeQuoteRecord(QuoteRecord):
    """The same with its lines."""

    lines: list[LineRecord]


def line_record(row: QuoteLine) -> LineRecord:
    """Return the API record of a line."""
    amounts = row.amounts
    return {
        "id": row.id,
        "item": row.item,
        "quantity": float(row.quantity),
        "price": float(row.price),
        "discount": float(row.discount),
        "tax": float(row.tax),
        "net": float(amounts.net),
        "tax_amount": float(amounts.tax),
        "total": float(amounts.total),
    }


def line_list(quote: Quote) -> LineList:
    """Return the API record of all lines."""
    return {"items": [line_record(row) for row in quote.lines]}


def quote_record(row: Quote) -> QuoteRecord:
    """Return the API record of a quote."""
    return {
        **record_base(row),
        "code": row.code,
        "status": row.status,
        "currency": row.currency,
        "net": float(row.net),
        "tax": float(row.tax),
        "amount": float(row.amount),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "remark": row.remark,
        "sent_at": iso(row.sent_at),
        "answered_at": iso(row.answered_at),
        "answer": row.answer,
    }


def whole_record(row: Quote) -> WholeQuoteRecord:
    """Return the API record of a quote with its lines."""
    return {**quote_record(row), "lines": line_list(row)["items"]}


def quote_records(rows: Iterable[Quote]) -> list[QuoteRecord]:
    """Return the API records of quotes."""
    return [quote_record(row) for row in rows]
