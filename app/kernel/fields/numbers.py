"""Fields for amounts, whole numbers, yes or no, days and moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, DateTimeLocalField, DecimalField, IntegerField, StringField
from wtforms.widgets import HiddenInput

from app.kernel import clock
from app.kernel.fields.amounts import read_bounded
from app.kernel.fields.forms import TypeFirst
from app.kernel.text import fold

if TYPE_CHECKING:
    from app.kernel.errors import Sentence
    from app.kernel.fields.amounts import Measure

_DECIMALS = Decimal("0.000001")


class MoneyField(TypeFirst, DecimalField):
    """An amount or a measure, exact, as people type it (PLAT-19); 0 counts as a value where it is
    ``optional``.
    """

    json_types: tuple[type, ...] = (int, float, str, Decimal)
    widget_kind = "DecimalField"

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        high: int = 10**13,
        measure: Measure = "money",
        **kwargs: Any,
    ) -> None:
        self.high, self.measure = high, measure
        super().__init__(label, validators, places=None, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        value = read_bounded(raw, self.measure, self.high)
        if not value and not self.flags.optional:
            raise ValueError(str(_("More than 0, with at most two decimals")))
        self.data = value


class WholeField(TypeFirst, IntegerField):
    """A whole number."""

    json_types: tuple[type, ...] = (int,)
    widget_kind = "IntegerField"

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        if not re.fullmatch(r"-?[0-9]{1,15}", raw):  # within 64 bits
            raise ValueError(str(_("Not a whole number")))
        self.data = int(raw)


class WholeListField(StringField):
    """Whole numbers in one line, with commas or blanks between them; the largest first, each once."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"
    most = 20

    def __init__(self, label: Sentence, low: int, high: int, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(label, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(map(str, self.data or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        words = re.split(r"[,;、\s]+", fold(valuelist[0])) if valuelist else []
        numbers = {int(word) for word in words if re.fullmatch("[0-9]{1,9}", word)}
        typed = [word for word in words if word]
        wrong = any(not re.fullmatch("[0-9]{1,9}", word) for word in typed) or len(numbers) > self.most
        if wrong or any(not self.low <= one <= self.high for one in numbers):
            self.data = None
            sentence = _(
                "Whole numbers from %(low)s to %(high)s with commas between", low=self.low, high=self.high
            )
            raise ValueError(str(sentence))
        self.data = tuple(sorted(numbers, reverse=True))


class VersionField(WholeField):
    """The version of the record when an edit began (CUST-20); not shown."""

    widget_kind = "HiddenField"
    widget = HiddenInput()


class DegreesField(StringField):
    """A coordinate in degrees with at most six decimals."""

    json_types: tuple[type, ...] = (int, float, str)
    widget_kind = "DecimalField"

    def __init__(self, label: Any, validators: list[Any], *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data: Decimal | None = None
        if not raw:
            return
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise ValueError(str(_("Not a number"))) from None
        if not value.is_finite() or abs(value) > self.most:
            limits = _("A number from %(low)s to %(high)s", low=-self.most, high=self.most)
            raise ValueError(str(limits))
        self.data = value.quantize(_DECIMALS)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data.normalize():f}" if self.data is not None else ""


class YesNoField(BooleanField):
    """A switch."""

    json_types: tuple[type, ...] = (bool,)
    widget_kind = "BooleanField"


class DayField(TypeFirst, DateField):
    """A calendar day."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "DateField"

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        try:
            super().process_formdata([raw])
        except ValueError:
            raise ValueError(str(_("A date like 2026-01-31"))) from None


class MomentField(TypeFirst, DateTimeLocalField):
    """A moment: in the users' time zone on a page, ISO 8601 with offset in the API; UTC afterwards."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "DateTimeLocalField"

    def process_data(self, value: Any) -> None:
        self.data = value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock.to_local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        try:
            value = datetime.fromisoformat(raw)
            value = clock.from_local(value) if value.tzinfo is None else value.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(str(_("A time like 2026-01-31 09:30"))) from None
        if not 1900 <= value.year <= 2200:  # noqa: PLR2004 - years that a person can mean
            raise ValueError(str(_("A time like 2026-01-31 09:30")))
        self.data = value
