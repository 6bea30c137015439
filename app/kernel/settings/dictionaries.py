"""Choices with codes: short lists that forms offer and records store by code (PLAT-7).

A context declares its dictionaries; ``/dictionaries/{name}`` and the forms read them here.  Codes that rules
or states depend on are fixed.  The entries of an *editable* dictionary may be renamed, ordered, disabled and
added in the browser: stored entries override declared ones, and cost no statement to read
(``app.kernel.database.cache``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import has_app_context
from flask_babel import get_locale
from sqlalchemy import Boolean, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.cache import CachedValue
from app.kernel.database.columns import BigId, code_type
from app.kernel.database.session import Model, db

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from app.kernel.errors import Sentence


TONES = ("gray", "blue", "cyan", "gold", "orange", "green", "red")
CODE_LENGTH = 24
LABEL_LENGTH = 60
STEP = 10


class DictionaryEntry(Model):
    """An administrator's change of a declared entry, or an entry of their own.

    An empty label, tone or position keeps the declared one.
    """

    __tablename__ = "dictionary_entry"
    __audit__ = "dictionary_entry"
    __table_args__ = (UniqueConstraint("dictionary", "code"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dictionary: Mapped[str] = mapped_column(String(40), nullable=False)
    code: Mapped[str] = mapped_column(code_type(CODE_LENGTH), nullable=False)
    label_zh: Mapped[str | None] = mapped_column(String(LABEL_LENGTH))
    label_en: Mapped[str | None] = mapped_column(String(LABEL_LENGTH))
    tone: Mapped[str | None] = mapped_column(String(8))
    position: Mapped[int | None] = mapped_column(Integer)
    enabled: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    @property
    def differs(self) -> bool:
        """True if anything differs from the declaration."""
        own = (self.label_zh, self.label_en, self.tone, self.position)
        return not self.enabled or any(value is not None for value in own)


@dataclass(frozen=True)
class Entry:
    """One current entry.  ``declared`` is the label in code; none for an administrator's own entry."""

    code: str
    declared: Sentence | None
    label_zh: str | None
    label_en: str | None
    tone: str
    position: int
    enabled: bool = True
    changed: bool = False

    @property
    def label(self) -> str:
        """The label in the current language; if it is missing, the one in the other language."""
        chinese = str(get_locale() or "zh").startswith("zh")
        own, other = (self.label_zh, self.label_en) if chinese else (self.label_en, self.label_zh)
        if own:
            return own
        return str(self.declared) if self.declared is not None else other or self.code


@dataclass(frozen=True, eq=False)  # there is one per name; it also serves as a marker in the API's types
class Dictionary:
    """A named, ordered list of codes with their labels, and for some codes the tone of their tag.

    ``title`` shows it on the page of dictionaries.
    """

    name: str
    labels: Mapping[str, Sentence]
    tones: Mapping[str, str] | None = None
    title: Sentence = ""
    editable: bool = False

    def __contains__(self, code: object) -> bool:
        """Return True for a code that records may hold, including disabled ones."""
        return code in self.entries()

    def offers(self, code: object) -> bool:
        """Return True for a code that may be chosen now."""
        found = self.entries().get(str(code))
        return found is not None and found.enabled

    def label(self, code: str | None) -> str:
        """Return the label in the current language; an unknown code is returned unchanged."""
        if code is None:
            return ""
        if not self.editable:
            return str(self.labels.get(code, code))
        found = self.entries().get(code)
        return found.label if found else code

    def tone(self, code: str | None) -> str:
        """Return the tone of the code's tag."""
        if not self.editable:
            return (self.tones or {}).get(code or "", "gray")
        found = self.entries().get(code or "")
        return found.tone if found else "gray"

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in order, disabled ones too."""
        return tuple(self.entries())

    @property
    def offered(self) -> tuple[str, ...]:
        """The codes that may be chosen now, in order."""
        return tuple(code for code, entry in self.entries().items() if entry.enabled)

    def choices(self) -> list[tuple[str, str]]:
        """Return the (code, label) pairs that a form offers."""
        if not self.editable:
            return [(code, str(label)) for code, label in self.labels.items()]
        return [(entry.code, entry.label) for entry in self.entries().values() if entry.enabled]

    def every(self) -> list[tuple[str, str]]:
        """Return the (code, label) pairs that records may hold, for searches."""
        return [(entry.code, entry.label) for entry in self.entries().values()]

    def entries(self) -> Mapping[str, Entry]:
        """Return all entries in order, by code."""
        if not self.editable or not has_app_context():
            return self._as_declared
        return _cached.get().get(self.name) or self._as_declared

    def delivered(self, code: str) -> Entry | None:
        """Return the entry as declared in code; none for an administrator's own."""
        return self._as_declared.get(code)

    @cached_property
    def _as_declared(self) -> dict[str, Entry]:
        return {
            code: Entry(code, label, None, None, (self.tones or {}).get(code, "gray"), place * STEP)
            for place, (code, label) in enumerate(self.labels.items(), start=1)
        }

    def overlaid(self, rows: list[DictionaryEntry]) -> dict[str, Entry]:
        """Return the declared entries overridden by the stored ones, in order."""
        found = dict(self._as_declared)
        for row in rows:
            base = found.get(row.code)
            position = base.position if base else (len(self.labels) + 1) * STEP
            found[row.code] = Entry(
                code=row.code,
                declared=base.declared if base else None,
                label_zh=row.label_zh,
                label_en=row.label_en,
                tone=row.tone or (base.tone if base else "gray"),
                position=position if row.position is None else row.position,
                enabled=row.enabled,
                changed=row.differs,
            )
        return dict(sorted(found.items(), key=lambda item: item[1].position))


def _load() -> dict[str, dict[str, Entry]]:
    """Return every dictionary with stored entries."""
    rows: dict[str, list[DictionaryEntry]] = {}
    for row in db.session.scalars(select(DictionaryEntry).order_by(DictionaryEntry.id)):
        rows.setdefault(row.dictionary, []).append(row)
    known = {name: found for name, found in _declared.items() if found.editable}
    return {name: known[name].overlaid(stored) for name, stored in rows.items() if name in known}


_cached: CachedValue[dict[str, dict[str, Entry]]] = CachedValue(_load)
_declared: dict[str, Dictionary] = {}


def declare_dictionaries(*modules: ModuleType) -> None:
    """Register the dictionaries that these modules define, for pages and API."""
    for module in modules:
        for found in vars(module).values():
            if isinstance(found, Dictionary):
                _declared[found.name] = found


@dataclass(frozen=True)
class Coded:
    """A code in the parameters of a sentence: stored as a code, so that each reader sees its label."""

    dictionary: Dictionary
    code: str

    def __str__(self) -> str:
        return self.dictionary.label(self.code)

    @property
    def stored(self) -> list[str]:
        """The JSON form of the code."""
        return [self.dictionary.name, self.code]

    @staticmethod
    def shown(stored: str | list[str]) -> str:
        """Return a stored parameter as the current reader sees it."""
        if isinstance(stored, str):
            return stored
        name, code = stored
        found = find_dictionary(name)
        return found.label(code) if found else code


def find_dictionary(name: str) -> Dictionary | None:
    """Return the dictionary of that name, if it exists."""
    return _declared.get(name)


def declared_dictionaries() -> list[Dictionary]:
    """Return all dictionaries that have a title."""
    return [one for one in _declared.values() if one.title]
