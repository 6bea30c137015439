"""Lines of a quote as people type them, in a form with several rows or in the API (CUST-16, PLAT-19)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.deals.quotes.models import ITEM_LENGTH
from app.deals.shared.money import WHOLE
from app.kernel.fields.amounts import read_amount
from app.kernel.fields.forms import REQUIRED
from app.kernel.fields.numbers import MoneyField
from app.kernel.fields.texts import ObjectsField
from app.kernel.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence

PLACES = 4  # decimals of quantities and prices
PERCENT_PLACES = 2
MAX_QUANTITY = 10**8
MAX_PRICE = 10**10
MOST_LINES = 100
SPARE = 3  # empty rows of a form, for further lines

LABELS: Mapping[str, Sentence] = {
    "item": _("Item"),
    "quantity": _("Quantity"),
    "price": _("Unit price"),
    "discount": _("Discount in per cent"),
    "tax": _("Tax rate in per cent"),
}
PARTS = tuple(LABELS)
_TYPED = ("item", "quantity", "price")  # a row without these is empty
_NAME = re.compile(r"-([0-9]{1,3})-([a-z]+)")


@dataclass(frozen=True)
class LineValues:
    """A line that was read: ``quantity`` more than 0, ``discount`` and ``tax`` in per cent from 0 to 100."""

    item: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)


def _decimal(text: str, high: int, places: int) -> Decimal:
    try:
        value = read_amount(text, "money")
    except ValueError:
        raise ValueError(str(_("A number like 300 or 300.50"))) from None
    if value > high:
        raise ValueError(str(_("A number from %(low)s to %(high)s", low=0, high=f"{high:,}")))
    if value != round(value, places):
        raise ValueError(str(_("At most %(n)s decimals", n=places)))
    return value


def read_quantity(text: str) -> Decimal:
    """Return a typed quantity, more than 0, with up to four decimals.

    :raises ValueError: for everything else.
    """
    value = _decimal(text, MAX_QUANTITY, PLACES)
    if not value:
        raise ValueError(str(_("More than 0")))
    return value


def read_price(text: str) -> Decimal:
    """Return a typed price, 0 or more, with up to four decimals.

    :raises ValueError: for everything else.
    """
    return _decimal(text, MAX_PRICE, PLACES)


def read_percent(text: str) -> Decimal:
    """Return a typed percentage from 0 to 100, with up to two decimals and with or without its sign.

    :raises ValueError: for everything else.
    """
    return _decimal(text.removesuffix("%").strip(), int(WHOLE), PERCENT_PLACES)


_READERS = {"quantity": read_quantity, "price": read_price, "discount": read_percent, "tax": read_percent}


class PartField(MoneyField):
    """One number of a line; ``part`` names it."""

    def __init__(self, part: str, validators: list[Any], *, high: int, **kwargs: Any) -> None:
        self.part = part
        super().__init__(LABELS[part], validators, high=high, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = _READERS[self.part](raw) if raw else None


class LinesField(ObjectsField):
    """The lines of a quote: rows of a table on the page, a list of objects in the API.

    ``data`` is a list of :class:`LineValues`. ``rows`` are the texts as they were typed, ``faults`` the
    refusals of each row by part, so that a refused form shows both.
    """

    widget_kind = "LinesField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        self.data: list[Any] = []
        self.rows: list[dict[str, str]] = []
        self.faults: list[dict[str, Sentence]] = []
        super().__init__(label, validators, parts=PARTS, render_kw={"data-wide": True}, **kwargs)
        self.widget = _render

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the posted rows, under names such as ``lines-0-item``; without any, objects as in the API."""
        super().process(formdata, data if isinstance(data, list) else [], extra_filters)
        if formdata is None or self.name in formdata:
            return
        typed = self._posted(formdata)
        if typed:
            self._read_rows(typed)

    def process_data(self, value: Any) -> None:
        self.data = [*(value or ())]
        self.rows = [_written(one) for one in self.data]

    def process_formdata(self, valuelist: list[str]) -> None:
        self._read_rows([_object(raw) for raw in valuelist])
        if self.process_errors:
            raise ValueError(self.process_errors.pop())

    def _posted(self, formdata: Any) -> list[dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for key in formdata:
            match = _NAME.fullmatch(key.removeprefix(self.name)) if key.startswith(self.name) else None
            if match and match[2] in PARTS:
                found.setdefault(int(match[1]), {})[match[2]] = formdata[key].strip()
        return [found[number] for number in sorted(found)]

    def _read_rows(self, typed: list[dict[str, str]]) -> None:
        self.data, self.rows, self.faults = [], [], []
        for row in typed:
            if not any(row.get(part) for part in _TYPED):
                continue
            self.rows.append({part: row.get(part, "") for part in PARTS})
            line, faults = _read_line(row)
            self.faults.append(faults)
            if line is not None:
                self.data.append(line)
        if len(self.rows) > MOST_LINES:
            self.process_errors.append(str(_("At most %(n)s lines", n=MOST_LINES)))
        for number, faults in enumerate(self.faults, start=1):
            for part, sentence in list(faults.items())[:1]:
                text = _("Line %(n)s, %(part)s: %(text)s", n=number, part=LABELS[part], text=sentence)
                self.process_errors.append(str(text))

    @property
    def shown_rows(self) -> list[tuple[dict[str, str], dict[str, Sentence]]]:
        """Return the rows of the form with their refusals, and empty ones for further lines."""
        faults = [*self.faults, *({} for _row in self.rows[len(self.faults) :])]
        empty: tuple[dict[str, str], dict[str, Sentence]] = (dict.fromkeys(PARTS, ""), {})
        return [*zip(self.rows, faults, strict=True), *(empty for _number in range(SPARE))]

    @property
    def item_schema(self) -> dict[str, Any]:
        """JSON schema of one line."""
        number = {"type": ["number", "string"], "minimum": 0}
        percent = {**number, "maximum": 100}
        return {
            "type": "object",
            "properties": {
                "item": {"type": "string", "maxLength": ITEM_LENGTH},
                "quantity": {**number, "maximum": MAX_QUANTITY},
                "price": {**number, "maximum": MAX_PRICE},
                "discount": percent,
                "tax": percent,
            },
            "required": [*_TYPED],
            "additionalProperties": False,
        }


def _render(field: LinesField, **_attributes: Any) -> Markup:
    """Return the rows of a form as a table of inputs."""
    return Markup(render_template("deals/lines_form.html", field=field, labels=LABELS))  # noqa: S704 - a template


def _written(line: Any) -> dict[str, str]:
    """Return a stored line as a form shows it."""
    return {part.name: plain(getattr(line, part.name)) for part in fields(LineValues)}


def plain(value: Any) -> str:
    """Return a number without needless zeros."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def grouped(value: Any) -> str:
    """Return a number as people read it: thousands apart, without needless zeros."""
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else str(value)


def _object(raw: str) -> dict[str, str]:
    """Return one JSON object as the texts of a row.

    :raises ValueError: when it is no object, has unknown names, or values that are neither text nor number.
    """
    try:
        given = dict(json.loads(raw, parse_float=str, parse_int=str).items())
    except (ValueError, AttributeError):
        raise ValueError(str(_("A JSON object is expected"))) from None
    if {*given} - {*PARTS}:
        raise ValueError(str(_("Unknown field")))
    found = {part: value for part, value in given.items() if value is not None}
    if any(not isinstance(value, str) for value in found.values()):
        raise ValueError(str(_("Wrong type")))
    return {part: found.get(part, "") for part in PARTS}


def _read_line(row: Mapping[str, str]) -> tuple[LineValues | None, dict[str, Sentence]]:
    """Return a typed row as a line, or the refusal of each part that is wrong."""
    faults: dict[str, Sentence] = {}
    values: dict[str, Any] = {}
    item = clean_line(row.get("item", ""))
    if not item:
        faults["item"] = REQUIRED
    elif len(item) > ITEM_LENGTH:
        faults["item"] = gettext("At most %(n)s characters", n=ITEM_LENGTH)
    for part, read in _READERS.items():
        raw = fold(row.get(part, ""))
        if not raw:
            if part in _TYPED:
                faults[part] = REQUIRED
            continue
        try:
            values[part] = read(raw)
        except ValueError as error:
            faults[part] = str(error)
    return (None, faults) if faults else (LineValues(item, **values), {})
