"""The form of a customer's credit; the API reads its JSON through the same one (CUST-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.credit.currencies import CURRENCY
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional
from app.kernel.fields.numbers import MoneyField, YesNoField
from app.kernel.fields.texts import LineField


class CreditForm(BaseForm):
    """Whether the credit is checked, and the limit in one currency (CUST-17)."""

    credit_enabled = YesNoField(
        _("Credit checked"), description=_("What is signed and unpaid stays within the limit of its currency")
    )
    currency = ChoiceField(_("Currency"), CURRENCY, optional())
    amount = MoneyField(
        _("Limit"), optional(), description=_("Left empty: no limit in this currency, which counts as zero")
    )
    reason = LineField(_("Reason"), optional(at_most(200)))
