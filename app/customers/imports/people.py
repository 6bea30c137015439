"""Names in tables: colleagues, departments and districts, read once a table (CUST-26)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.database.session import db
from app.kernel.folding import search_key
from app.kernel.sheets.values import says_nothing
from app.org.departments.queries import departments_of
from app.org.districts.queries import all_districts
from app.org.shared.models import Account, Staff
from app.org.staff.queries import colleagues

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_NUMBERED = re.compile(r"\s*\d+\s*[-—－–:：.、]\s*(\D.*)")  # a foreign id before the name
_BETWEEN = re.compile(r"[,，、;；/\s]+")


class Names:
    """The colleagues, departments and districts that the actor may name."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._able: dict[str, list[Any]] | None = None
        self._all: dict[str, list[Any]] | None = None
        self._departments: dict[str, list[int]] | None = None
        self._districts: dict[str, list[int]] | None = None

    def staff(self, text: str) -> Any:
        """Return the colleague of a name, a login or an employee number.

        :raises ValueError: for nobody, or several of one name.
        """
        found = self._named(text, past=False)
        if not isinstance(found, str):
            return found
        sentence = _("“%(text)s” is no name, login or number of a colleague for customers", text=found[:40])
        raise ValueError(str(sentence))

    def author(self, text: str) -> Any:
        """Return the author of a follow-up: a colleague, also one who left, or the name of somebody unknown.

        :raises ValueError: for several of one name.
        """
        return self._named(text, past=True)

    def _named(self, text: str, *, past: bool) -> Any:
        if says_nothing(text) or not text.strip():
            return None
        numbered = _NUMBERED.fullmatch(text)
        plain = (numbered[1] if numbered else text).strip()
        found = self._people(past=past).get(search_key(plain), [])
        if len(found) > 1:
            logins = gettext(", ").join(login for _one, login in found)
            raise ValueError(
                str(_("Several colleagues have this name; write the login: %(logins)s", logins=logins))
            )
        return found[0][0] if found else plain[:60]

    def _people(self, *, past: bool) -> dict[str, list[Any]]:
        kept = self._all if past else self._able
        if kept is None:
            statement = select(Staff).where(Staff.company_id == self._actor.company_id)
            chosen = (
                statement if past and self._actor.company_id else colleagues(self._actor, may=FOLLOWING_UP)
            )
            rows = chosen.join(Account, Account.id == Staff.id).add_columns(Account.username)
            kept = {}
            for one, login in db.session.execute(rows.options(joinedload(Staff.department))):
                for word in {search_key(one.name), search_key(login), search_key(one.employee_no)}:
                    kept.setdefault(word, []).append((one, login))
            if past:
                self._all = kept
            else:
                self._able = kept
        return kept

    def department(self, text: str) -> int | None:
        """Return the department of a name.

        :raises ValueError: for none, or several.
        """
        if says_nothing(text):
            return None
        if self._departments is None:
            self._departments = _by_name(db.session.scalars(departments_of(self._actor)))
        return _one_of(self._departments, text)

    def district(self, text: str) -> int | None:
        """Return the district of a name."""
        if says_nothing(text):
            return None
        if self._districts is None:
            self._districts = _by_name(all_districts())
        return _one_of(self._districts, text)

    def districts(self, text: str) -> list[int] | None:
        """Return the districts of several names."""
        found = [self.district(part) for part in _BETWEEN.split(text) if part]
        return [pk for pk in found if pk is not None] or None


def _by_name(records: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in records:
        found.setdefault(search_key(one.name), []).append(one.id)
    return found


def _one_of(known: dict[str, list[int]], text: str) -> int:
    found = known.get(search_key(text), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(str(_("Several have the name “%(text)s”", text=text.strip()[:40])))
    raise ValueError(str(_("“%(text)s” is not known here", text=text.strip()[:40])))
