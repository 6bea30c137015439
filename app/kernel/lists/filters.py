"""Filters of lists: each reads its own arguments, reports errors in plain words and narrows a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import not_

from app.kernel.fields.amounts import NO_AMOUNT, read_bounded
from app.kernel.lists.days import day_or_moment, within
from app.kernel.lists.search import contains
from app.kernel.text import MAX_ID, fold, read_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary


@dataclass(frozen=True)
class FilterField:
    """One field of the filter card; ``word`` replaces a value that must not appear in the address."""

    name: str
    label: str
    kind: str
    value: str = ""
    value_to: str = ""
    name_to: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    text: str = ""
    url: str = ""
    active: bool = False
    error: str = ""
    placeholder: str = ""
    word: str = ""

    @property
    def in_words(self) -> str:
        """Return what is asked for, as paper says it (OFF-14): empty when it narrows nothing, an ellipsis for
        what is typed secretly.
        """
        if not self.active:
            return ""
        names = dict(self.choices)
        low = "…" if self.word else self.text or names.get(self.value, self.value)
        if not self.name_to:
            return low
        return f"{low or '…'} – {names.get(self.value_to, self.value_to) or '…'}"


MAX_TEXT = 200
MAX_AMOUNT = 10**13


class Filter:
    """One filter.  ``shown`` False hides it from the page's card (the API still accepts it); a ``linked`` one
    is shown only while a link's value narrows the list, so that the user can see and clear it.

    ``is_kept`` False: its values are personal and must not be stored in a saved filter.
    """

    kind = "text"
    is_kept = True
    takes_bound = False  # ``apply`` may be given a bind parameter: its statement is the same for all values
    is_posted = False  # a typed value must not appear in an address: it is posted and sealed (ACC-17)
    wrong: Sentence = _("Not an acceptable value")

    def __init__(
        self,
        name: str,
        label: Sentence,
        *,
        shown: bool = True,
        linked: bool = False,
        placeholder: Sentence = "",
    ) -> None:
        self.name = name
        self.label = label
        self.shown = shown and not linked
        self.linked = linked
        self.placeholder = placeholder

    def is_shown(self, args: MultiDict[str, str]) -> bool:
        """Return True if it appears in the page's card."""
        return self.shown or (self.linked and any(fold(args.get(name, "")) for name in self.names))

    @property
    def names(self) -> tuple[str, ...]:
        """The query arguments that it reads."""
        return (self.name,)

    def read(self, args: MultiDict[str, str]) -> Any:
        """Return the requested value, or None.

        :raises ValueError: when the value is not acceptable.
        """
        raw = fold(args.get(self.name, ""))
        return self.parse(raw) if raw else None

    def parse(self, raw: str) -> Any:
        """Parse a value that is not empty."""
        if len(raw) > MAX_TEXT:
            raise ValueError(raw)
        return raw

    def arguments(self) -> dict[str, dict[str, Any]]:
        """Return the query arguments that it reads, with the JSON schema of each."""
        return {self.name: {"type": "string", "maxLength": MAX_TEXT}}

    def complaint(self, _error: ValueError) -> Sentence:
        """Return the error message for a refused value."""
        return self.wrong

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        """Narrow the statement."""
        raise NotImplementedError

    def charge(self, _statement: Select[Any], value: Any, _actor: Actor) -> Any:
        """Count the use of a limited filter; return the value that may then be applied (ACC-17).

        :raises Denied: when the actor may not use the filter, or not now.
        """
        return value

    def is_typed(self, _value: Any) -> bool:
        """Return True if the value was typed, not sealed before, and must not appear in an address."""
        return False

    def sealed(self, raw: str, _word: str, _statement: Select[Any], _actor: Actor) -> str:
        """Return the replacement of a typed value in the page's address; ``word`` is the previous one."""
        return raw

    def logged(self, _value: Any) -> str:
        """Return the value as a log may keep it: typed text is private."""
        return "…"

    def in_words(self, logged: str) -> str:
        """Return a value that the log keeps, as people read it."""
        return logged

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        """Return the filter as the page's card shows it."""
        raw = fold(args.get(self.name, ""))
        return FilterField(
            name=self.name,
            label=str(self.label),
            kind=self.kind,
            value=raw,
            active=bool(raw),
            error=str(error),
            placeholder=str(self.placeholder),
        )


class TextFilter(Filter):
    """A text that a function of the context turns into a condition."""

    def __init__(
        self, name: str, label: Sentence, condition: Callable[[str, Actor], Any], **kwargs: Any
    ) -> None:
        super().__init__(name, label, **kwargs)
        self.condition = condition

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(self.condition(value, actor))


class ContainsFilter(Filter):
    """A text that is part of the column's value (PLAT-18)."""

    def __init__(self, name: str, label: Sentence, column: Any, **kwargs: Any) -> None:
        super().__init__(name, label, **kwargs)
        self.column = column

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(contains(self.column, value))


class EqualsFilter(Filter):
    """A text that the column equals."""

    def __init__(self, name: str, label: Sentence, column: Any, **kwargs: Any) -> None:
        super().__init__(name, label, **kwargs)
        self.column = column
        self.takes_bound = type(self).apply is EqualsFilter.apply

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(self.column == value)


class ChoiceFilter(EqualsFilter):
    """A code of a dictionary."""

    kind = "select"

    def __init__(
        self, name: str, label: Sentence, column: Any, dictionary: Dictionary, **kwargs: Any
    ) -> None:
        super().__init__(name, label, column, **kwargs)
        self.dictionary = dictionary

    def parse(self, raw: str) -> str:
        if raw not in self.dictionary:
            raise ValueError(raw)
        return raw

    def logged(self, value: Any) -> str:
        return str(value)

    def in_words(self, logged: str) -> str:
        return self.dictionary.label(logged) if logged in self.dictionary else logged

    def arguments(self) -> dict[str, dict[str, Any]]:
        # an empty argument counts as absent: the page's own form sends empty ones
        return {self.name: {"type": "string", "enum": [*self.dictionary.codes, ""]}}

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        base = super().field(args, error)
        return FilterField(**{**base.__dict__, "choices": tuple(self.dictionary.every())})


class ReferenceFilter(EqualsFilter):
    """The id of another record, found by remote search; ``name_of`` shows the chosen one."""

    kind = "remote"

    def __init__(
        self,
        name: str,
        label: Sentence,
        column: Any,
        url: Callable[[], str] = str,
        name_of: Callable[[int], str] = str,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, label, column, **kwargs)
        self.url = url
        self.name_of = name_of

    def parse(self, raw: str) -> int:
        return read_id(raw)

    def logged(self, value: Any) -> str:
        return str(value)

    def in_words(self, logged: str) -> str:
        return self.name_of(int(logged)) if logged.isdigit() else logged

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "integer", "minimum": 1, "maximum": MAX_ID}}

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        base = super().field(args, error)
        text = self.name_of(self.parse(base.value)) if base.value and not error else ""
        return FilterField(**{**base.__dict__, "url": self.url(), "text": text})


class DateRangeFilter(Filter):
    """Days from – to (Asia/Shanghai, both included) of a moment; arguments ``<name>_from``, ``<name>_to``.

    Programs may give moments with their offset instead of days.
    """

    kind = "dates"
    wrong: Sentence = _("A date like 2026-01-31")

    def __init__(self, name: str, label: Sentence, column: Any, **kwargs: Any) -> None:
        super().__init__(name, label, **kwargs)
        self.column = column

    @property
    def names(self) -> tuple[str, ...]:
        return f"{self.name}_from", f"{self.name}_to"

    def read(self, args: MultiDict[str, str]) -> tuple[date | None, date | None] | None:
        first, last = (day_or_moment(fold(args.get(name, ""))) for name in self.names)
        return (first, last) if first or last else None

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {name: {"type": "string", "format": "date"} for name in self.names}

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(*within(self.column, *value))

    def logged(self, value: Any) -> str:
        return "–".join("" if day is None else day.isoformat() for day in value)

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        first, last = (fold(args.get(name, "")) for name in self.names)
        return FilterField(
            name=self.names[0],
            name_to=self.names[1],
            label=str(self.label),
            kind=self.kind,
            value=first,
            value_to=last,
            active=bool(first or last),
            error=str(error),
        )


class AmountRangeFilter(DateRangeFilter):
    """An amount from – to, both included; arguments ``<name>_from``, ``<name>_to``."""

    kind = "numbers"
    wrong: Sentence = NO_AMOUNT["money"]

    def read(self, args: MultiDict[str, str]) -> tuple[Any, Any] | None:
        raw = [fold(args.get(name, "")) for name in self.names]
        found = [read_bounded(value, "money", MAX_AMOUNT) if value else None for value in raw]
        return (found[0], found[1]) if any(raw) else None

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {name: {"type": ["number", "string"], "minimum": 0} for name in self.names}

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        low, high = value
        if low is not None:
            statement = statement.where(self.column >= low)
        return statement if high is None else statement.where(self.column <= high)

    def logged(self, value: Any) -> str:
        return "–".join("" if end is None else str(end) for end in value)


_YES, _NO = {"yes", "true", "1"}, {"no", "false", "0"}


class FlagFilter(Filter):
    """Yes or no, for a condition."""

    kind = "select"

    def __init__(
        self, name: str, label: Sentence, condition: Callable[[], ColumnElement[bool]], **kwargs: Any
    ) -> None:
        super().__init__(name, label, **kwargs)
        self.condition = condition

    def parse(self, raw: str) -> bool:
        word = raw.strip().lower()
        if word not in _YES | _NO:
            raise ValueError(raw)
        return word in _YES

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "string", "enum": ["yes", "no", "true", "false", "1", "0"]}}

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(self.condition() if value else not_(self.condition()))

    def logged(self, value: Any) -> str:
        return "yes" if value else "no"

    def in_words(self, logged: str) -> str:
        return gettext("Yes") if logged == "yes" else gettext("No")

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        base = super().field(args, error)
        return FilterField(**{**base.__dict__, "choices": (("yes", gettext("Yes")), ("no", gettext("No")))})
