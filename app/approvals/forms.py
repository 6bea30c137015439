"""Forms of requests; the API reads its JSON through the same ones (APP-3)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from app.approvals.choices import KIND
from app.customers.shared.choices import STAGE
from app.deals.shared.currencies import CURRENCY
from app.kernel.fields.amounts import read_amount
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, FormField, SubForm, at_most, optional, required
from app.kernel.fields.numbers import WholeField, YesNoField
from app.kernel.fields.texts import ObjectsField, TextField

_REASON = 500


class GivenYesNoField(YesNoField):
    """A switch that tells "not given" (None) from "no"."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist:
            super().process_formdata(valuelist)


class LimitsField(ObjectsField):
    """Limits by currency: ``{"currency": "CNY", "amount": 1000}``; null is no limit. ``data`` are pairs."""

    def _read(self, raw: str) -> Any:
        given = json.loads(raw)
        if not isinstance(given, dict) or {*given} != {"currency", "amount"}:
            raise ValueError(str(_("A currency and an amount are expected")))
        currency, amount = given["currency"], given["amount"]
        if type(currency) is not str or type(amount) not in {int, float, str, type(None)}:
            raise ValueError(str(_("Wrong type")))
        return currency, None if amount is None else self._amount(amount)

    @staticmethod
    def _amount(amount: float | str) -> Decimal:
        """Return an amount as it was typed: a number of JSON is read by its digits, never as a float."""
        return read_amount(amount if isinstance(amount, str) else f"{Decimal(str(amount)):f}")

    @property
    def item_schema(self) -> dict[str, Any]:
        """JSON schema of one limit."""
        return {
            "type": "object",
            "properties": {
                "currency": {"type": "string", "enum": [*CURRENCY.offered]},
                "amount": {"type": ["number", "string", "null"], "minimum": 0},
            },
            "required": ["currency", "amount"],
            "additionalProperties": False,
        }


class ValuesForm(SubForm):
    """The values that a request asks for: those of its kind, and no others."""

    stage = ChoiceField(_("Customer stage"), STAGE, optional())
    credit_enabled = GivenYesNoField(_("Credit checked"))
    limits = LimitsField(_("Limits"), optional(), parts=("currency", "amount"))


class RequestForm(BaseForm):
    """A request for a change of a customer: its kind, the customer, and the values asked for (APP-3)."""

    kind = ChoiceField(_("Kind of request"), KIND, required())
    target_id = WholeField(_("Customer"), required())
    values = FormField(ValuesForm)  # the name of the contract; what it hides is read by ``BaseForm.values``
    reason = TextField(_("Reason"), optional(at_most(_REASON)))


class StageForm(BaseForm):
    """The stage that is asked for, and why (CUST-19)."""

    stage = ChoiceField(_("Customer stage"), STAGE, required())
    reason = TextField(_("Reason"), optional(at_most(_REASON)))


class CommentForm(BaseForm):
    """What one says to a decision."""

    comment = TextField(_("Comment"), optional(at_most(_REASON)))


class RejectForm(BaseForm):
    """Why a request is rejected (APP-5)."""

    comment = TextField(_("Comment"), required(at_most(_REASON)))
