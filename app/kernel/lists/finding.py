"""What the global search finds (PLAT-17): contexts declare kinds of records and commands, each in its own
``setup.py``; a higher context reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, literal_column, select, union_all

from app.kernel.lists.words import BEGINS, INSIDE, in_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import FromClause

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.lists.words import WordIndex

_WORDS = 40  # rows read of each branch: several words of a record may match
_WALKED = 2_000  # words looked at: a scope that has none of them is found by one letter more


@dataclass(frozen=True)
class Found:
    """A record as the search shows it.  ``phone`` is masked; ``owner`` is the person or team responsible;
    ``tone`` colours the tag of its status.
    """

    title: str
    code: str = ""
    phone: str = ""
    owner: str = ""
    status: str = ""
    tone: str = ""

    @property
    def subtitle(self) -> str:
        """What tells it apart from others of its name."""
        return " · ".join(filter(None, (self.code, self.phone, self.owner, self.status)))


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of record: ``endpoint`` is its page, for those with the ``permission``.

    ``scope`` selects what the actor may see, as the lists do; ``own`` what is the actor's own, which comes
    first; ``options`` load what ``show`` reads, in the same statement.
    """

    name: str
    label: Sentence
    icon: str
    endpoint: str
    permission: Permission
    words: WordIndex
    scope: Callable[[Actor], Select[Any]]
    show: Callable[[Any], Found]
    own: Callable[[Actor], Select[Any]] | None = None
    options: Sequence[Any] = ()

    @property
    def key(self) -> Any:
        """The column of the record's id."""
        return self.words.model.__table__.c.id

    def matches(self, actor: Actor, typed: str) -> Select[Any]:
        """Select the best records for a folded text: each with its word, the word's place, and 1 for an own
        record.  One statement, whose branches are each a range of the index of words.
        """
        inside = [(self.scope(actor), place, 0) for place in (BEGINS, INSIDE)]
        branches = inside if self.own is None else [(self.own(actor), None, 1), *inside]
        found = self._union(branches, typed)
        columns = (self.words.model, found.c.word, found.c.place, found.c.own)
        statement = select(*columns).join(found, found.c.record_id == self.key).options(*self.options)
        return statement.execution_options(**self.scope(actor).get_execution_options())

    def _union(self, branches: Sequence[tuple[Select[Any], int | None, int]], typed: str) -> FromClause:
        from_branches = [
            select(*self._branch(scope, place, typed, own=own).subquery().c) for scope, place, own in branches
        ]
        return union_all(*from_branches).subquery()

    def _branch(self, scope: Select[Any], place: int | None, typed: str, *, own: int) -> Select[Any]:
        """Select the first words of records in a scope: of the own ones all, because they are few; of others
        among the first that begin so, however many do and however little of them the scope has.
        """
        word = self.words.table.c
        mark: Any = literal_column(str(own)).label("own")
        words = select(word.record_id, word.word, word.place).where(in_range(self.words, typed))
        if place is None:
            mine = word.record_id.in_(scope.with_only_columns(self.key))
            near = words.where(word.place.in_((BEGINS, INSIDE)), mine).add_columns(mark)
            return near.order_by(word.place, word.word, word.record_id.desc()).limit(_WORDS)
        first = words.where(word.place == place).order_by(word.word, word.record_id.desc())
        walked = first.limit(_WALKED).subquery()
        columns: tuple[Any, ...] = (*walked.c, mark)
        found = scope.with_only_columns(*columns).where(walked.c.record_id == self.key)
        return found.order_by(None).order_by(walked.c.word, walked.c.record_id.desc()).limit(_WORDS)

    def records(self, actor: Actor, pks: Sequence[int]) -> Select[Any]:
        """Select the given records that the actor may see."""
        return self.scope(actor).where(self.key.in_(pks)).options(*self.options)


@dataclass(frozen=True)
class Command:
    """Something to begin, found by its label: ``address`` answers where it begins."""

    label: Sentence
    icon: str
    permission: Permission
    address: Callable[[], str]


_kinds: dict[str, Kind] = {}
_commands: list[Command] = []


def declare_kind(kind: Kind) -> None:
    """Let the search find a kind of record."""
    _kinds[kind.name] = kind


def declare_command(command: Command) -> None:
    """Let the search find a command."""
    if command not in _commands:
        _commands.append(command)


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the kinds that the actor may search, in the order of their declaration."""
    return [kind for kind in _kinds.values() if actor.may(kind.permission)]


def commands_for(actor: Actor) -> list[Command]:
    """Return the commands that the actor may begin."""
    return [command for command in _commands if actor.may(command.permission)]


def declared_kinds() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(_kinds.values())
