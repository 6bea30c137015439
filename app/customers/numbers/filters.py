"""The filter by a number, whole or by its last four digits, of the lists that show numbers (ACC-17)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from flask_babel import lazy_gettext as _
from sqlalchemy import false

from app.customers.numbers.lookups import spend_lookup
from app.customers.numbers.policies import can_search_by_number
from app.kernel.database.session import db
from app.kernel.fields.phones import PhoneNumber, canonical_phone
from app.kernel.keys import keys
from app.kernel.lists.filters import MAX_TEXT, Filter
from app.kernel.text import fold

if TYPE_CHECKING:
    from sqlalchemy import Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import FilterField

_TAIL = 4
_WORD, _PURPOSE, _WORD_SECONDS = "~", "number-search", 30 * 60


@dataclass(frozen=True)
class TypedNumber:
    """A typed whole number, which must be counted before it is searched."""

    text: str
    number: PhoneNumber


@dataclass(frozen=True)
class CountedNumber:
    """A whole number whose search was counted; only ``account_id`` may search by it."""

    index: str
    masked: str
    account_id: int


class NumberFilter(Filter):
    """Filters by a whole number through its blind index, counted (ACC-17), or by its last four digits
    (CUST-13).  A subclass names the records' ``key`` and says which have the number.

    In a page's address a sealed word replaces a whole number, for half an hour and for the person who typed
    it.
    """

    is_kept = False
    is_posted = True
    key: Any = None
    wrong = _("The whole number or its last four digits")

    def with_last4(self, statement: Select[Any], last4: str, actor: Actor) -> Select[Any]:
        """Narrow the statement to the records that have a number with these last digits."""
        raise NotImplementedError

    def with_index(self, statement: Select[Any], index: str, actor: Actor) -> Select[Any]:
        """Narrow the statement to the records that have the number of this blind index."""
        raise NotImplementedError

    def parse(self, raw: str) -> Any:
        if len(raw) == _TAIL and raw.isascii() and raw.isdigit():
            return raw
        if raw.startswith(_WORD):
            content = _opened(raw)
            return CountedNumber(content["index"], content["masked"], content["account_id"])
        return TypedNumber(raw, PhoneNumber.seal(canonical_phone(raw)))

    def charge(self, statement: Select[Any], value: Any, actor: Actor) -> Any:
        if not isinstance(value, TypedNumber):
            return value
        can_search_by_number(actor).enforce()
        number = value.number
        found = CountedNumber(number.index or "", number.masked or "", actor.id)
        first = self.apply(statement, found, actor).with_only_columns(self.key).limit(1)
        spend_lookup(number, "search", actor, hit=db.session.scalar(first) is not None)
        return found

    def is_typed(self, value: Any) -> bool:
        return isinstance(value, TypedNumber)

    def sealed(self, raw: str, word: str, statement: Select[Any], actor: Actor) -> str:
        """Count a whole number and return its sealed word; other input is sealed with its error."""
        if word and raw == _shown(word):
            return word
        try:
            value = self.parse(fold(raw))
        except ValueError:
            return _word({"text": raw[:MAX_TEXT]}) if len(raw) > _TAIL else raw
        found = self.charge(statement, value, actor)
        return _word(asdict(found)) if isinstance(found, CountedNumber) else raw

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        if isinstance(value, str):
            return self.with_last4(statement, value, actor)
        if not isinstance(value, CountedNumber):
            message = "a whole number is counted before it is searched (ACC-17)"
            raise TypeError(message)
        if value.account_id != actor.id:
            return statement.where(false())
        return self.with_index(statement, value.index, actor)

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        base = super().field(args, error)
        if not base.value.startswith(_WORD):
            return base
        return replace(base, value=_shown(base.value), word=base.value)


def _word(content: dict[str, Any]) -> str:
    return _WORD + keys().fernet.encrypt(json.dumps({"for": _PURPOSE, **content}).encode()).decode()


def _opened(word: str) -> dict[str, Any]:
    """Unseal a word.

    :raises ValueError: for a false or expired word, or one that seals an error.
    """
    try:
        raw = keys().fernet.decrypt(word.removeprefix(_WORD).encode(), ttl=_WORD_SECONDS)
    except InvalidToken as error:
        raise ValueError(word) from error
    content: dict[str, Any] = json.loads(raw)
    if content.get("for") != _PURPOSE or "index" not in content:
        raise ValueError(content.get("text", ""))
    return content


def _shown(word: str) -> str:
    """Return the text of the search field for a word: the masked number, or the wrong input as typed."""
    try:
        return str(_opened(word)["masked"])
    except ValueError as error:
        return "" if str(error).startswith(_WORD) else str(error)
