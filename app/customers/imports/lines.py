"""Reading the rows of a table as customers: each value by the field of the form of creation (CUST-26).

One rule reads what people type and what tables hold; nothing here looks into the database but names of
colleagues, departments and districts, once a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.customers.creation.forms import CustomerForm
from app.customers.creation.services import read_given_code
from app.customers.imports.people import Names
from app.customers.imports.targets import HISTORY, TARGETS
from app.customers.shared import choices
from app.customers.shared.fields import column_of
from app.customers.shared.validation import check_kind_of_tax_id, read_tax_id, validate_demand
from app.kernel import clock
from app.kernel.errors import Invalid
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import REQUIRED
from app.kernel.fields.numbers import DayField, MoneyField, WholeField
from app.kernel.fields.phones import canonical_phone
from app.kernel.keys import keys
from app.kernel.sheets.values import (
    CellError,
    choice_key,
    read_day,
    read_moment,
    read_number,
    says_nothing,
    unshortened,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.customers.imports.options import Options
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.sheets.tables import Cell, Row
    from app.org.shared.models import Staff

CLEAR = object()  # the cell says that the value is to go
_CLEARING = frozenset({"(清空)", "(clear)"})
MAX_CONTENT = 2000
_NEVER_CLEARED = frozenset({"name", "code", "kind", "owner", "department"})


@dataclass(frozen=True)
class Message:
    """An error or a remark about a row; ``target`` names the column, empty for the whole row."""

    target: str
    code: str
    text: str

    def as_record(self) -> dict[str, str]:
        """Return it as rows keep it."""
        return {"field": self.target, "code": self.code, "message": self.text}


@dataclass
class FollowUpLine:
    """A follow-up of the history."""

    at: datetime
    author_id: int | None
    author_name: str
    method: str
    content: str


@dataclass
class Line:
    """A row as a customer: ``values`` by target, errors, remarks, and later its fate."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Message] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)
    phone: str = ""  # canonical
    index: str = ""
    owner: Staff | None = None
    follow_up: FollowUpLine | None = None
    fate: str = ""
    customer_id: int | None = None
    first: Line | None = None  # the row of the same customer, of a row of its history
    place: Any = None
    changes: dict[str, Any] = field(default_factory=dict)

    def wrong(self, target: str, code: str, text: Sentence) -> None:
        """Note an error: the row is not imported."""
        self.errors.append(Message(target, code, str(text)))

    def remark(self, target: str, code: str, text: Sentence) -> None:
        """Note a remark: the row is imported."""
        self.remarks.append(Message(target, code, str(text)))


class LineReader:
    """Reads rows with a mapping; what it read once it knows."""

    def __init__(self, options: Options, actor: Actor) -> None:
        mapping, self._kind = options.mapping, options.kind
        # A personal customer is in its owner's department, whatever the table calls that.
        self._told_only = frozenset() if options.into_pool else frozenset({"department"})
        self.mapping = {place: TARGETS[name] for place, name in mapping.items() if name in TARGETS}
        self.names = Names(actor)
        self._form = CustomerForm(formdata=MultiDict(), meta={"csrf": False})
        self._fields = {one.name: self._field(one.path) for one in self.mapping.values() if one.path}
        self._known: dict[tuple[str, Cell], tuple[Any, str, str]] = {}
        self._choices: dict[str, dict[str, str]] = {}
        self._own: dict[str, Callable[[str], Any]] = {
            "owner": self.names.staff,
            "followed_by": self.names.author,
            "department": self.names.department,
            "district_id": self.names.district,
            "demand_districts": self.names.districts,
            "follow_method": lambda text: self._choice("follow_method", choices.METHOD, text),
            "follow_content": lambda text: text.strip()[:MAX_CONTENT] or None,
            "code": lambda text: read_given_code(unshortened(text)),
        }

    def _field(self, path: str) -> Any:
        form: Any = self._form
        *outer, last = path.split(".")
        for name in outer:
            form = form[name].form
        return form[last]

    def read(self, row: Row) -> Line | None:
        """Return a row as a customer; None for one without a value in the mapped columns."""
        line = Line(row.number)
        for place, target in self.mapping.items():
            cell = row.cells.get(place)
            if cell is not None:
                self._read_cell(line, target.name, cell)
        if not line.values and not line.errors:
            return None
        self._whole(line)
        return line

    def _read_cell(self, line: Line, name: str, cell: Cell) -> None:
        key = (name, cell)
        if key not in self._known:
            self._known[key] = self._try(name, cell)
        value, remark, problem = self._known[key]
        if problem:
            tell = line.remark if name in self._told_only else line.wrong
            tell(name, problem, remark)
            return
        if remark:
            line.remark(name, "import.read_as", remark)
        if value is not None:
            line.values[name] = value

    def _try(self, name: str, cell: Cell) -> tuple[Any, str, str]:
        """Return the value of a cell, a remark or the sentence of an error, and the error's code."""
        try:
            return *self._value(name, cell), ""
        except CellError as error:
            return None, str(error.sentence), error.code
        except Invalid as error:
            return None, str(next(iter(error.fields.values()))), "invalid"
        except ValueError as error:
            return None, str(error), "invalid"

    def _value(self, name: str, cell: Cell) -> tuple[Any, str]:
        """Return the value of a cell and a remark; None for a cell that says nothing.

        :raises ValueError: for a value that cannot be accepted.
        """
        if (
            cell.kind == "t"
            and cell.text.strip().replace("（", "(").replace("）", ")").casefold() in _CLEARING
        ):
            if name in _NEVER_CLEARED:
                raise ValueError(str(_("This cannot be cleared")))
            return CLEAR, ""
        if name in {"followed_at", "next_contact_at"}:
            text, remark = read_moment(cell)
            return clock.from_local(datetime.fromisoformat(text)), str(remark)
        own = self._own.get(name)
        return (own(value_of(cell)), "") if own else self._of_form(name, cell)

    def _of_form(self, name: str, cell: Cell) -> tuple[Any, str]:
        one = self._fields[name]
        remark: Sentence = ""
        if isinstance(one, DayField):
            text, remark = read_day(cell)
        elif isinstance(one, MoneyField | WholeField) or name in {"phone", "tax_id"}:
            text = read_number(cell)
        elif isinstance(one, ChoiceField):
            text = self._choice(name, one.dictionary, value_of(cell)) or ""
        else:
            text = value_of(cell)
        if name != "name" and cell.kind == "t" and says_nothing(text):
            return None, ""
        value = _entered(one, self._form, text)
        if name == "tax_id" and value:
            value = read_tax_id(value)
        return (None if value in (None, "") else value), str(remark)

    def _choice(self, name: str, dictionary: Any, text: str) -> str | None:
        """Return the code of a choice by its label in any language, or by its code."""
        if says_nothing(text) or not text.strip():
            return None
        if name not in self._choices:
            known: dict[str, str] = {}
            for language in ("en", "zh"):
                with force_locale(language):
                    known |= {choice_key(label): code for code, label in dictionary.choices()}
            self._choices[name] = {choice_key(code): code for code in dictionary.offered} | known
        found = self._choices[name].get(choice_key(text))
        if found is None:
            offered = gettext(", ").join(label for _code, label in dictionary.choices())
            raise ValueError(
                str(_("“%(text)s” is not one of: %(offered)s", text=text.strip()[:40], offered=offered))
            )
        return found

    def _whole(self, line: Line) -> None:
        """Check what one row says as a whole."""
        values = line.values
        if values.get("phone") and values["phone"] is not CLEAR:
            line.phone = canonical_phone(values["phone"])
            line.index = keys().index(line.phone)
        owner = values.pop("owner", None)
        line.owner = owner
        self._history(line)
        try:
            if values.get("tax_id") not in (None, CLEAR):
                check_kind_of_tax_id(self.kind_of(line))
            if any(name.endswith(("_min", "_max")) for name in values):
                validate_demand({k: v for k, v in values.items() if v is not CLEAR}, [])
        except Invalid as error:
            for name, sentence in error.fields.items():
                line.wrong(column_of(name.removeprefix("demand.")), "invalid", sentence)

    def _history(self, line: Line) -> None:
        found = {name: line.values.pop(name, None) for name in HISTORY}
        if not any(found.values()) and not any(error.target in HISTORY for error in line.errors):
            return
        wrong = {error.target for error in line.errors}
        if not found["follow_content"] and "follow_content" not in wrong:
            line.wrong("follow_content", "required", REQUIRED)
        if not found["followed_at"] and "followed_at" not in wrong:
            line.wrong("followed_at", "required", REQUIRED)
        if found["followed_at"] and found["followed_at"] > clock.now():
            line.wrong("followed_at", "import.in_future", _("This is in the future"))
        if line.errors:
            return
        author = found["followed_by"]
        name = author if isinstance(author, str) else ""
        line.follow_up = FollowUpLine(
            found["followed_at"],
            None if isinstance(author, str) or author is None else author.id,
            name,
            found["follow_method"] or "other",
            found["follow_content"],
        )

    def kind_of(self, line: Line) -> str:
        """Return the kind of a new customer: its column's, an enterprise's with a tax id, else the chosen."""
        given = line.values.get("kind")
        if given:
            return str(given)
        return "enterprise" if line.values.get("tax_id") not in (None, CLEAR) else self._kind


def _entered(one: Any, form: Any, text: str) -> Any:
    """Return what a field of the form reads of a text.

    :raises ValueError: with its first complaint.
    """
    one.process_errors, one.errors, one.raw_data, one.data = [], [], [text], None
    one.process_formdata([text])
    for change in one.filters:
        one.data = change(one.data)
    if not one.validate(form):
        raise ValueError(str(one.errors[0]))
    return one.data
