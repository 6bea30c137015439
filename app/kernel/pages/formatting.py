"""Values as people read them: times, tags, sizes; addresses and their query strings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import g, request, url_for
from flask_babel import get_locale, gettext, ngettext
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.pages.shells import marks_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from app.kernel.settings.dictionaries import Dictionary


_PLACEHOLDER_ID = 987_654_321_987
NOTHING = Markup('<span class="u-nil">—</span>')


def local_time(moment: datetime | None) -> str:
    """Return a moment in the users' time zone, to the minute."""
    return clock.to_local(moment).isoformat(" ", "minutes")[:16] if moment else ""


_DAYS_AHEAD = (1, 3, 7)
_MORNING = time(9)


def coming_days() -> list[tuple[str, str]]:
    """Return the days that people choose most for the next contact, as label and value of a field for a
    moment: in the morning of that day.
    """
    today = clock.today()
    return [
        (
            ngettext("+%(num)d day", "+%(num)d days", days),
            datetime.combine(today + timedelta(days=days), _MORNING).isoformat(timespec="minutes"),
        )
        for days in _DAYS_AHEAD
    ]


def cell(value: Any) -> Any:
    """Return a value as a table or a description shows it; an empty value is a dash."""
    if value is None or value == "":
        return NOTHING
    if value is True or value is False:
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return value


def join_names(names: Iterable[str]) -> str:
    """Join names with the separator of the user's language."""
    return ("、" if str(get_locale()).startswith("zh") else ", ").join(names)


def tag(text: Any, tone: str = "gray") -> Markup:
    """Return a small coloured label."""
    return _plain_tag(text, tone) if type(text) is str else _tag(text, tone)


def _tag(text: Any, tone: str) -> Markup:
    return Markup(f'<span class="tag tag-{escape(tone)}">{escape(text)}</span>')  # noqa: S704 - both are escaped


_plain_tag = lru_cache(2000)(_tag)


def code_tag(dictionary: Dictionary, code: str | None) -> Markup:
    """Return a dictionary code's label in its colour; cached, because the rows of a list repeat the
    same few.
    """
    if not code:
        return NOTHING
    made: dict[tuple[str, str], Markup] = g.setdefault("kepan_tags", {})
    key = dictionary.name, code
    if key not in made:
        made[key] = tag(dictionary.label(code), dictionary.tone(code))
    return made[key]


class ByColumn:
    """The formatter of a cell that depends on one attribute of the record alone: a list makes it once for
    each value on its page.
    """

    def __init__(self, attribute: str, show: Callable[[Any], Any]) -> None:
        self.attribute = attribute
        self.show = show

    def __call__(self, record: Any) -> Any:
        return self.show(record)


def code_cell(dictionary: Dictionary, attribute: str) -> ByColumn:
    """Return the formatter of an attribute that holds a dictionary's code: its label in its colour."""
    return ByColumn(attribute, lambda record: code_tag(dictionary, getattr(record, attribute)))


def join_html(parts: list[Any], separator: str = " ") -> Markup:
    """Join escaped parts."""
    return Markup(escape(separator)).join(parts)


def qs(**changes: Any) -> str:
    """Return the current address with some arguments changed; None removes one."""
    gone = frozenset(changes)
    if "page" in gone:  # another page is reached by its number, or by a cursor among the changes
        gone |= {"after", "before"}
    added = urlencode([(key, str(value)) for key, value in changes.items() if value is not None], safe=SAFE)
    marks = marks_or_none()
    return marks("link", gone, added) if marks else link(gone, added)


SAFE = "!$'()*,/:;?@"  # what url_for leaves as it is


def link(gone: Collection[str], added: str) -> str:
    """Return the current address without the arguments ``gone``, and with what is added to its query."""
    address, pairs = _own_address()
    kept = [pair for name, pair in pairs if name not in gone]
    query = "&".join([*kept, added] if added else kept)
    return f"{address}?{query}" if query else address


def _own_address() -> tuple[str, list[tuple[str, str]]]:
    """Return the request's address and its arguments; a list's page needs them dozens of times."""
    known: dict[tuple[str, str], Any] = g.setdefault("kepan_own_address", {})
    key = request.script_root, request.full_path
    if key not in known:
        address = url_for(request.endpoint or "", **(request.view_args or {}))
        given = request.args.items(multi=True)
        known[key] = address, [(name, urlencode([(name, value)], safe=SAFE)) for name, value in given]
    found: tuple[str, list[tuple[str, str]]] = known[key]
    return found


def with_arguments(address: str, gone: Collection[str]) -> str:
    """Return another page's address with the arguments of this one, without those that are ``gone``."""
    marks = marks_or_none()
    if marks:
        return f"{address}{marks('arguments', tuple(gone))}"
    query = "&".join(pair for name, pair in _own_address()[1] if name not in gone)
    return f"{address}?{query}" if query else address


def time_now() -> str:
    """Return the present moment as it is printed on paper."""
    marks = marks_or_none()
    return marks("now") if marks else local_time(clock.now())


_KB_IN_MB = 1024


def file_size(size: int) -> str:
    """Return a size as people read it: ``12 KB``, ``3.4 MB``."""
    kilobytes = size / 1024
    return f"{max(1, round(kilobytes))} KB" if kilobytes < _KB_IN_MB else f"{kilobytes / _KB_IN_MB:.1f} MB"


def address_around(endpoint: str) -> tuple[str, str]:
    """Return what stands before and after a record's id in the address of its page."""
    made: dict[str, tuple[str, str]] = g.setdefault("kepan_addresses", {})
    if endpoint not in made:
        before, _pk, after = url_for(endpoint, pk=_PLACEHOLDER_ID).partition(str(_PLACEHOLDER_ID))
        made[endpoint] = before, after
    return made[endpoint]


def record_address(endpoint: str, pk: int) -> str:
    """Return the address of a record's page, faster than ``url_for``, because a list needs hundreds."""
    before, after = address_around(endpoint)
    return f"{before}{pk}{after}"
