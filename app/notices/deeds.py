"""What a notification asks for can be done where it is read (OFF-9): contexts name the operations on the
records that notifications are about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.pages.operations import operation_button
from app.kernel.pages.work import view_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.views import ScopedModelView
    from app.notices.models import Notification


@dataclass(frozen=True)
class Deed:
    """An operation on the record of a notification.

    ``at_once`` performs it by one click, with the fields of its form empty; otherwise its form opens.
    """

    operation: Operation
    at_once: bool = False


@dataclass(frozen=True)
class DeedButton:
    """The button of a deed: the operation's own, and whether one click performs it."""

    button: Button
    at_once: bool


_deeds: dict[str, tuple[type[ScopedModelView], Sequence[Deed]]] = {}


def offer_deeds(view: type[ScopedModelView], *deeds: Deed) -> None:
    """Offer operations of a view on the notifications about its records."""
    _deeds[view.datamodel.obj.__audit__] = view, deeds


def deeds_of(notices: Iterable[Notification], actor: Actor) -> Mapping[tuple[str, int], list[DeedButton]]:
    """Return (type, id) of a record → its buttons, disabled with the reason where the policy refuses.

    The records of each type are read in one statement, within the view's scope.
    """
    wanted: dict[str, set[int]] = {}
    for one in notices:
        if one.record_type in _deeds and one.record_id is not None:
            wanted.setdefault(one.record_type, set()).add(one.record_id)
    return {
        (kind, pk): buttons
        for kind, pks in wanted.items()
        for pk, buttons in _buttons(kind, pks, actor).items()
    }


def _buttons(kind: str, pks: set[int], actor: Actor) -> dict[int, list[DeedButton]]:
    view_class, deeds = _deeds[kind]
    view = view_of(view_class)
    offered = [one for one in deeds if actor.has_permission(one.operation.needs, view.class_permission_name)]
    if not offered:
        return {}
    key = inspect(view.datamodel.obj).primary_key[0]
    statement = view_class.scope(actor).where(id_in(key, pks)).options(*view.list_options)
    records = db.session.scalars(statement).unique().all()
    facts = view.facts_of(records, actor)
    return {
        record.id: [_button(view, deed, record, facts.get(record.id), actor) for deed in offered]
        for record in records
    }


def _button(view: ScopedModelView, deed: Deed, record: Any, facts: Any, actor: Actor) -> DeedButton:
    verdict = deed.operation.policy(actor, record, facts)
    return DeedButton(operation_button(view.endpoint, deed.operation, record, verdict), deed.at_once)
