"""Take a merge back: both are files of their own again, exactly as they were (CUST-9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from app.audit import services as audit
from app.customers.duplicates.places import number_place_of
from app.customers.duplicates.services import claim_number, release_numbers
from app.customers.merging import policies
from app.customers.merging.kept import file_values, opened, put_back, set_column
from app.customers.merging.models import CustomerMerge, DuplicatePair
from app.customers.merging.services import responsible_for
from app.customers.shared.fields import field_label
from app.customers.shared.grading import grade_of
from app.customers.shared.models import Customer
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import PEOPLE, get_customer
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Denied, Moved, NotFound
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_NUMBER = ("phone_cipher", "phone_index", "phone_masked", "phone_last4")
_SILENT = frozenset({"last_follow_up_at", "next_contact_at", "grade", *_NUMBER[0:1], *_NUMBER[2:]})


@dataclass(frozen=True)
class Unmerged:
    """The outcome of an undo: both files, and what stayed with the survivor because it was changed since:
    names of fields, and numbers of rows by table. ``asked_id`` is the one that the caller named.
    """

    customer: Customer
    restored: Customer
    asked_id: int
    kept_fields: list[str] = field(default_factory=list)
    kept_rows: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The survivor's id."""
        return self.customer.id

    @property
    def kept_text(self) -> str:
        """What stayed, for people."""
        rows = [f"{table} × {number}" for table, number in self.kept_rows.items()]
        return "、".join([*map(field_label, self.kept_fields), *rows])


@transactional
def unmerge_customer(pk: int, *, actor: Actor) -> Unmerged:
    """Undo the latest merge into this file; of a file that was merged, its own merge.

    Rows and fields that were changed since stay with the survivor and are listed.

    :raises NotFound: when the actor cannot open the survivor.
    :raises Denied: 403 for who is not in charge of both; 409 when something was built on it: the survivor was
        merged or handed over since, or its number was given away.
    """
    merge = _find(pk, actor)
    files = _lock_both(merge)
    db.session.refresh(merge, with_for_update=True)
    survivor, merged = files[merge.survivor_id], files[merge.merged_id]
    for one in (survivor, merged):
        policies.may_take_apart(actor, one).enforce()
    content = opened(merge.kept_cipher) if merge.kept_cipher else {}
    _judge(merge, survivor, content).enforce()
    _lock_numbers(survivor, merged, content)
    undone = replace(_put_back(survivor, merged, content, actor), asked_id=pk)
    merge.undo(clock.now(), actor.staff_id)
    _reopen_pair(merge)
    _log(undone, actor)
    _notify(undone, actor)
    return undone


def _find(pk: int, actor: Actor) -> CustomerMerge:
    """Return the merge to undo: the file's own if it was merged, else the latest into it."""
    statement = select(CustomerMerge).where(CustomerMerge.undone_at.is_(None))
    with unscoped("the merged file is out of everybody's reach until the undo (CUST-9)"):
        own = db.session.scalar(statement.where(CustomerMerge.merged_id == pk))
        into = statement.where(CustomerMerge.survivor_id == pk).order_by(CustomerMerge.id.desc()).limit(1)
        found = own or db.session.scalar(into)
    if actor != SYSTEM:
        _check_reach(pk, actor)
    if found is None:
        raise Denied(policies.NOTHING_MERGED)
    return found


def _check_reach(pk: int, actor: Actor) -> None:
    """Check that the actor can open the file, or the one that it is part of now."""
    try:
        customer = get_customer(pk, actor=actor)
    except Moved:
        return
    policies.may_take_apart(actor, customer).enforce()


def _lock_both(merge: CustomerMerge) -> dict[int, Customer]:
    ids = [merge.survivor_id, merge.merged_id]
    statement = select(Customer).where(id_in(Customer.id, ids)).order_by(Customer.id).options(*PEOPLE)
    statement = statement.with_for_update(of=Customer).execution_options(populate_existing=True)
    with unscoped("the merged file is out of everybody's reach until the undo (CUST-9)"):
        return {one.id: one for one in db.session.scalars(statement).unique()}


def _judge(merge: CustomerMerge, survivor: Customer, content: dict[str, Any]) -> Any:
    if merge.undone_at is not None:
        return policies.NOTHING_MERGED
    later = select(CustomerMerge.id).where(
        CustomerMerge.survivor_id == survivor.id,
        CustomerMerge.undone_at.is_(None),
        CustomerMerge.id > merge.id,
    )
    responsible = responsible_for(survivor)
    is_same = (responsible.id if responsible else None, survivor.pool) == (
        content.get("responsible"),
        content.get("pool"),
    )
    return policies.can_undo(
        is_survivor_gone=survivor.deleted_at is not None,
        is_latest=db.session.scalar(later.limit(1)) is None,
        is_same_owner=is_same,
        is_kept=bool(content),
    )


def _lock_numbers(survivor: Customer, merged: Customer, content: dict[str, Any]) -> None:
    former = content["survivor"].get("phone_index", [None])[0]
    indexes = {survivor.phone.index, merged.phone.index, former} - {None}
    if indexes:
        lock(*(f"phone:{index}" for index in indexes), share=DEDUPE_MODE.name)


def _put_back(survivor: Customer, merged: Customer, content: dict[str, Any], actor: Actor) -> Unmerged:
    release_numbers(merged)
    kept_fields = _restore_fields(survivor, content["survivor"])
    survivor.bump()
    db.session.flush()  # its tax id is free before the other takes it back
    for name, (before, _after) in content["merged"].items():
        if name not in {"deleted_at", "merged_into_id", "tax_id"}:
            set_column(merged, name, before)
    merged.come_back(content["merged"].get("tax_id", [None])[0])
    db.session.flush()
    kept_rows = put_back(content["rows"])
    _lock_people(survivor, merged)
    _claim_again(survivor, merged, content, kept_fields, actor)
    grade = grade_of(survivor.annual_revenue, survivor.cooperation_years, survivor.deal_status)
    if grade != survivor.grade:
        survivor.grade = grade
    return Unmerged(survivor, merged, survivor.id, kept_fields, kept_rows)


def _lock_people(*files: Customer) -> None:
    """Read both files again, with their people: rows were put back past the session."""
    for one in files:
        with unscoped("the merged file is out of everybody's reach until the undo (CUST-9)"):
            db.session.refresh(one)


def _restore_fields(survivor: Customer, changed: dict[str, list[Any]]) -> list[str]:
    """Give the survivor its former values; return the fields that were changed since, which stay."""
    now = file_values(survivor)
    stayed = []
    number_stays = any(now[name] != changed[name][1] for name in _NUMBER[1:] if name in changed)
    for name, (before, after) in changed.items():
        if now[name] != after or (name in _NUMBER and number_stays):
            if name not in _SILENT:
                stayed.append("phone" if name in _NUMBER else name)
        else:
            set_column(survivor, name, before)
    return stayed


def _claim_again(
    survivor: Customer, merged: Customer, content: dict[str, Any], kept_fields: list[str], actor: Actor
) -> None:
    """Claim the numbers as before; somebody who took one meanwhile keeps it, and the undo is refused."""
    claims = content["claims"]
    if "phone_index" in content["survivor"] and "phone" not in kept_fields:
        release_numbers(survivor)
        if claims["survivor"]:
            claim_number(survivor, number_place_of(survivor, actor))
    elif not claims["survivor"] and "phone" not in kept_fields:
        release_numbers(survivor)
    db.session.flush()
    if claims["merged"]:
        claim_number(merged, number_place_of(merged, actor))
    db.session.flush()


def _reopen_pair(merge: CustomerMerge) -> None:
    a, b = sorted((merge.survivor_id, merge.merged_id))
    with unscoped("the pair of two files that are apart again (CUST-9)"):
        db.session.execute(
            update(DuplicatePair)
            .where(DuplicatePair.a_id == a, DuplicatePair.b_id == b, DuplicatePair.state == "merged")
            .values(state="open", decided_at=None, decided_by_id=None)
        )


def _log(undone: Unmerged, actor: Actor) -> None:
    audit.record(
        actor,
        "customer.unmerge",
        undone.customer,
        N_("The merge of %(code)s was undone; changed since and kept: %(kept)s"),
        code=undone.restored.code,
        kept=undone.kept_text or "–",
    )
    audit.record(
        actor,
        "customer.unmerged",
        undone.restored,
        N_("A file of its own again; it was part of %(code)s"),
        code=undone.customer.code,
    )


def _notify(undone: Unmerged, actor: Actor) -> None:
    for one in (undone.customer, undone.restored):
        person = responsible_for(one)
        if person is not None and person.id != actor.id:
            notify_about(one, person.id, N_("%(who)s undid a merge: %(name)s is a file of its own"), actor)


def file_of_code(code: str) -> int:
    """Return the id of the file that was merged under this code, or took others in, for the operator.

    :raises NotFound: when no file has the code.
    """
    with unscoped("the operator names a file by its code (CUST-9)"):
        found = db.session.scalar(select(Customer.id).where(Customer.code == code.strip().upper()))
    if found is None:
        raise NotFound
    return found
