"""Pages and commands in the search (PLAT-17): few, and compared in memory by the words of their labels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask_babel import gettext

from app.kernel.lists.finding import commands_for
from app.kernel.lists.words import folded, words_of
from app.kernel.pages.formatting import record_address
from app.kernel.pages.menu import nav
from app.search.queries import MOST, find_records, rank_of, recall

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.kernel.access.actor import Actor
    from app.search.queries import Rank, Result


@dataclass(frozen=True)
class Line:
    """A line of the dialog; ``mark`` is kind and id of a record, by which it is remembered;
    commands open in a drawer.
    """

    title: str
    url: str
    icon: str
    code: str = ""
    phone: str = ""
    owner: str = ""
    status: str = ""
    tone: str = ""
    mark: str = ""
    in_drawer: bool = False


@dataclass(frozen=True)
class Group:
    """The lines of one kind; ``rank`` is that of its best."""

    name: str
    label: str
    lines: Sequence[Line]
    rank: Rank = ()


def find_groups(actor: Actor, typed: str) -> list[Group]:
    """Return everything that was found, by kind; the kind with the best line first."""
    found = find_records(actor, typed)
    groups = [
        Group(name, str(results[0].kind.label), [*map(_line, results)], results[0].rank)
        for name, results in found.items()
        if results
    ]
    groups += [_group("command", gettext("Commands"), typed, _commands(actor))]
    groups += [_group("page", gettext("Pages"), typed, _pages())]
    return sorted((group for group in groups if group.lines), key=lambda group: group.rank[:1])


def recent_groups(actor: Actor, wanted: Sequence[tuple[str, int]]) -> list[Group]:
    """Return what is offered before anything is typed: the records opened last, and all commands."""
    groups = [
        Group("recent", gettext("Recently opened"), [*map(_line, recall(actor, wanted))]),
        Group("command", gettext("Commands"), [*_commands(actor)]),
    ]
    return [group for group in groups if group.lines]


def _line(result: Result) -> Line:
    found = result.found
    return Line(
        title=found.title,
        url=record_address(result.kind.endpoint, result.id),
        icon=result.kind.icon,
        code=found.code,
        phone=found.phone,
        owner=found.owner,
        status=found.status,
        tone=found.tone or "gray",
        mark=f"{result.kind.name}:{result.id}",
    )


def _pages() -> Iterable[Line]:
    for entry in nav():
        if not entry.children:
            yield Line(entry.label, entry.url, entry.icon)
        yield from (Line(one.label, one.url, one.icon, owner=entry.label) for one in entry.children)


def _commands(actor: Actor) -> Iterable[Line]:
    return [Line(str(one.label), one.address(), one.icon, in_drawer=True) for one in commands_for(actor)]


def _group(name: str, label: str, typed: str, lines: Iterable[Line]) -> Group:
    ranked = [(rank, line) for line in lines if (rank := _rank(line.title, folded(typed)))]
    best = sorted(ranked, key=lambda one: one[0])[:MOST]
    return Group(name, label, [line for _rank_of_line, line in best], best[0][0] if best else ())


def _rank(label: str, text: str) -> Rank:
    """Return how well a label answers a folded text; empty where it does not."""
    ranks = [rank_of(word, place, text) for word, place in _words(label) if text and word.startswith(text)]
    return min(ranks, default=())


@lru_cache(500)
def _words(label: str) -> tuple[tuple[str, int], ...]:
    return tuple(words_of([label]).items())
