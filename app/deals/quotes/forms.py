"""Forms of quotes; the API reads its JSON through the same ones (CUST-16)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.deals.quotes.lines import LABELS, MAX_PRICE, MAX_QUANTITY, LinesField, LineValues, PartField
from app.deals.quotes.models import ITEM_LENGTH
from app.deals.quotes.services import FIELDS, MAX_TOTAL
from app.deals.shared.fields import currency_field, customer_field, edited_owner_field, owner_field
from app.deals.shared.models import TITLE_LENGTH
from app.deals.shared.money import WHOLE
from app.kernel.fields.forms import REQUIRED, BaseForm, InputRequired, at_most, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, VersionField
from app.kernel.fields.texts import LineField, TextField

_REMARK = 2000


def _amount() -> MoneyField:
    return MoneyField(
        _("Amount without lines"),
        optional(),
        high=MAX_TOTAL,
        description=_("Only for a quote without lines; otherwise the lines give it"),
    )


class QuoteForm(BaseForm):
    """A new quote for a customer: lines, or one amount (CUST-16)."""

    customer_id = customer_field()
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    currency = currency_field()
    valid_until = DayField(FIELDS["valid_until"].label, optional())
    lines = LinesField(_("Lines"), [])
    amount = _amount()
    owner_id = owner_field()
    remark = TextField(FIELDS["remark"].label, optional(at_most(_REMARK)))


class QuoteEditForm(BaseForm):
    """An edit of a draft; ``version`` is the save it began from (CUST-20). ``lines`` are all of them."""

    version = VersionField(_("Version"), optional())
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    currency = currency_field()
    valid_until = DayField(FIELDS["valid_until"].label, optional())
    lines = LinesField(_("Lines"), [])
    amount = _amount()
    owner_id = edited_owner_field()
    remark = TextField(FIELDS["remark"].label, optional(at_most(_REMARK)))


class QuoteLineForm(BaseForm):
    """A further line of a draft: discount and tax in per cent."""

    item = LineField(LABELS["item"], required(at_most(ITEM_LENGTH)))
    quantity = PartField("quantity", required(), high=MAX_QUANTITY)
    price = PartField("price", [InputRequired(message=REQUIRED)], high=MAX_PRICE)
    discount = PartField("discount", optional(), high=int(WHOLE))
    tax = PartField("tax", optional(), high=int(WHOLE))

    def line(self) -> LineValues:
        """Return the line; discount and tax are 0 where nothing was typed."""
        values: dict[str, Any] = {name: value for name, value in self.values().items() if value is not None}
        return LineValues(**values)


class AnswerForm(BaseForm):
    """What the customer said to a quote."""

    answer = LineField(_("What the customer said"), optional(at_most(200)))
