"""Services of districts (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Invalid, NotFound, conflict
from app.kernel.translation import N_
from app.org.districts.queries import get_district, known_districts, parent_districts
from app.org.shared.models import District
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor


UNKNOWN = _("Not one of the choices")


@transactional
def add_district(*, code: str, name: str, parent_id: int | None = None, actor: Actor) -> District:
    """Create a district.

    :raises Denied: ``district.code_taken``.
    """
    parent = _district(parent_id) if parent_id else None
    made = District(code=code, name=name, parent_id=parent.id if parent else None)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "district.create", made, N_("District %(name)s created"), name=name)
    invalidate_actors()
    return made


@transactional
def edit_district(pk: int, *, name: str, parent_id: int | None, actor: Actor) -> District:
    """Change name and parent of a district; never below itself.

    :raises Denied: ``district.cycle``.
    """
    lock("districts")
    district = get_district(pk, lock=True)
    rename_record(district, name, "district.edit", actor)
    if district.parent_id == parent_id:
        return district
    parent = _district(parent_id) if parent_id else None
    if parent and district.id in _above(parent):
        cycle = _("A district cannot stand below itself")
        conflict("district.cycle", cycle, field="parent_id").enforce()
    before = get_district(district.parent_id).name if district.parent_id else ""
    district.parent_id = parent.id if parent else None
    changed = {"parent": (before, parent.name if parent else "")}
    audit.record(actor, "district.move", district, N_("District placed below another one"), changed)
    invalidate_actors()
    return district


def _above(district: District) -> set[int]:
    """Return the district itself and all above it."""
    parents = parent_districts()
    found: set[int] = set()
    step: int | None = district.id
    while step is not None and step not in found:
        found.add(step)
        step = parents.get(step)
    return found


def rename_record(record: Any, name: str, operation: str, actor: Actor) -> None:
    """Rename a record, with its log row."""
    if record.name == name:
        return
    changed = {"name": (record.name, name)}
    record.name = name
    db.session.flush()
    audit.record(actor, operation, record, N_("Renamed to %(name)s"), changed, name=name)
    invalidate_actors()


def check_districts(wanted: Iterable[int]) -> set[int]:
    """Return the ids if all of them are districts.

    :raises Invalid: otherwise.
    """
    chosen = set(wanted)
    if known_districts(chosen) != chosen:
        raise Invalid(district_ids=UNKNOWN)
    return chosen


def _district(pk: int) -> District:
    try:
        return get_district(pk)
    except NotFound:
        raise Invalid(parent_id=UNKNOWN) from None


def code_taken() -> Decision:
    """Refuse a district code that is taken."""
    return conflict("district.code_taken", _("There is a district with this code"), field="code")
