"""How quotes are shown: their lines, and their part of the customer (CUST-15, CUST-16)."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.deals.contracts.permissions import ContractPermission
from app.deals.quotes import choices
from app.deals.quotes.lines import LABELS, grouped
from app.deals.quotes.models import Quote, QuoteLine
from app.deals.quotes.serializers import QuoteRecord, quote_records
from app.deals.shared.answers import answers_of
from app.deals.shared.currencies import money
from app.deals.shared.parts import RecordPart
from app.deals.shared.permissions import QuotePermission
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag, join_html, record_address, tag
from app.kernel.pages.tabs import TIME, TabColumn


def status_tags(record: Quote) -> list[Markup]:
    """Return the state as a tag, and of open ones whether they are no longer valid."""
    tags = [code_tag(choices.STATUS, record.status)]
    if record.is_open and record.valid_until is not None and record.valid_until < clock.today():
        tags.append(tag(gettext("No longer valid"), "red"))
    return tags


def contract_link(record: Quote) -> Markup | str:
    """Return the number of the contract made of the quote, as a link for who may read contracts."""
    made = record.contract
    if made is None or not current_actor().may(ContractPermission.READ):
        return made.code if made else ""
    return Markup('<a href="{}">{}</a>').format(record_address("ContractView.show", made.id), made.code)


def lines_table(record: Quote) -> Markup | str:
    """Return the lines with what each comes to and their totals, for the page and on paper."""
    if not record.lines:
        return ""
    heads = [
        *(LABELS[part] for part in ("item", "quantity", "price", "discount")),
        _("Net amount"),
        LABELS["tax"],
        _("Tax"),
        _("Total"),
    ]
    net, tax, total = (f"{one:,.2f}" for one in (record.net, record.tax, record.amount))
    sums = [f"{_('Total')} ({record.currency})", "", "", "", net, "", tax, total]
    rows = [_line_cells(one) for one in record.lines]
    html = render_template("deals/lines.html", heads=heads, rows=rows, sums=sums)
    return Markup(html)  # noqa: S704 - a template


def _line_cells(line: QuoteLine) -> list[str]:
    sums = line.amounts
    net, tax, total = (f"{one:,.2f}" for one in (sums.net, sums.tax, sums.total))
    quantity, price, discount, rate = (
        grouped(one) for one in (line.quantity, line.price, line.discount, line.tax)
    )
    return [line.item, quantity, price, discount, net, rate, tax, total]


QUOTES = RecordPart(
    key="quotes",
    label=_("Quotes"),
    model=Quote,
    view="QuoteView",
    columns=(
        TIME,
        TabColumn("code", _("Number"), lambda row: row.code),
        TabColumn("title", _("Title"), lambda row: row.title, wide=True),
        TabColumn("state", _("State"), lambda row: join_html(status_tags(row))),
        TabColumn("amount", _("Amount"), lambda row: money(row.amount, row.currency), number=True),
        TabColumn("valid_until", _("Valid until"), lambda row: row.valid_until),
        TabColumn("owner", _("Owner"), lambda row: row.owner.name),
    ),
    empty=_("No quote yet"),
    add_label=_("New quote"),
    records=quote_records,
    record_type=QuoteRecord,
    tags=status_tags,
    describe=lambda row: f"{row.code} · {money(row.amount, row.currency)}",
    said=lambda row: f"{row['code']} · {row['title']} · {row['amount']:,.2f} {row['currency']}",
    answers=answers_of(Quote, choices.OPEN_STATUSES),
    read=QuotePermission.READ,
    create=QuotePermission.CREATE,
    icon="fa-file-invoice",
    position=12,
)
