"""Merge files of one customer into one (CUST-9): all that hangs on the others goes to the survivor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select, update

from app.audit import services as audit
from app.customers.duplicates.models import PhoneClaim
from app.customers.duplicates.places import number_place_of
from app.customers.duplicates.services import check_number, claim_number, find_duplicate, release_numbers
from app.customers.merging import policies
from app.customers.merging.comparison import Difference, compare, read_choices, taken_fields
from app.customers.merging.kept import changes_between, differences, file_values, rows_of, seal
from app.customers.merging.models import CustomerMerge, DuplicatePair
from app.customers.profile.editing import masked
from app.customers.shared.grading import grade_of
from app.customers.shared.merges import judge_merge
from app.customers.shared.notifications import notify_about
from app.customers.shared.parts import HandOver, Merge, hand_over, merge_parts, recycle_parts
from app.customers.shared.queries import get_customer, get_customers
from app.customers.shared.settings import DEDUPE_MODE
from app.customers.shared.validation import validate_demand
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.records import upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import lock as lock_names
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.customers.merging.comparison import MergedField
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

MOST = 10  # files merged into one at a time


@dataclass(frozen=True)
class Merged:
    """The outcome of a merge, or of its rehearsal: the survivor, and where the files differed."""

    customer: Customer
    merged: tuple[Customer, ...]
    differences: tuple[Difference, ...]
    is_rehearsal: bool = False

    @property
    def id(self) -> int:
        """The survivor's id."""
        return self.customer.id


@dataclass
class _Before:
    """What one merge begins from."""

    rows: dict[Any, Any]
    survivor: dict[str, Any]
    merged: dict[str, Any]
    claims: dict[str, bool] = field(default_factory=dict)


@transactional
def merge_customers(
    pk: int, *, other_ids: Sequence[int], choices: Mapping[str, Any] | None = None, actor: Actor
) -> Merged:
    """Merge the other files into this one, which keeps its code; one after the other, in one transaction.

    ``choices`` names, for a field in which they differ or something that a customer has once, the file whose
    own stays: the survivor's unless it has none. Everything that hangs on the others goes to the survivor
    (CUST-32); their codes and addresses lead on to it. Other owners hear of it.

    :raises Invalid: for a file out of reach, an unknown field, or a file that is not among these.
    :raises Denied: 403 for who is not in charge of all; 409 for different companies or kinds, an open request
        or handover, and a number that another customer's claim forbids here.
    """
    survivor, others = files_to_merge(pk, other_ids, actor)
    chosen = read_choices(choices or {}, [survivor, *others])
    found = tuple(compare([survivor, *others], chosen))
    _lock_identities([survivor, *others])
    for other in others:
        _merge(survivor, other, chosen, actor)
    _check_demand(survivor)
    return Merged(survivor, tuple(others), found)


def files_to_merge(
    pk: int, other_ids: Sequence[int], actor: Actor, *, lock: bool = True
) -> tuple[Customer, list[Customer]]:
    """Return the survivor and the others, locked in one order whoever merges which into which.

    :raises Invalid: for no other, the same or too many, and for a file that the actor cannot open.
    :raises Denied: when they may not be merged, or not by the actor.
    """
    get_customer(pk, actor=actor)  # out of reach is told before a wrong body is (ACC-6)
    wanted = list(dict.fromkeys(other_ids))
    if not wanted or pk in wanted:
        raise Invalid(other_id=_("Choose another customer"))
    if len(wanted) > MOST:
        raise Invalid(other_id=_("At most %(n)s at a time", n=MOST))
    files = {one.id: one for one in get_customers([pk, *wanted], actor=actor, lock=lock)}
    if files.keys() != {pk, *wanted}:
        raise Invalid(other_id=_("Not one of the choices"))
    survivor, others = files[pk], [files[one] for one in wanted]
    policies.can_merge_all(actor, [survivor, *others]).enforce()
    judge_merge([survivor, *others], actor).enforce()
    return survivor, others


def _lock_identities(files: Iterable[Customer]) -> None:
    """Take the locks of all their numbers and tax ids at once, so that merges cannot wait for each other."""
    names = [f"phone:{one.phone.index}" for one in files if one.phone]
    names += [f"tax:{one.tax_id}" for one in files if one.tax_id]
    if names:
        lock_names(*names, share=DEDUPE_MODE.name)


def _merge(survivor: Customer, other: Customer, chosen: Mapping[str, int], actor: Actor) -> None:
    """Let one file become part of the survivor."""
    before = _Before(
        rows_of([survivor.id, other.id]),
        file_values(survivor),
        file_values(other),
        {"survivor": _has_claim(survivor), "merged": _has_claim(other)},
    )
    taken = taken_fields(survivor, other, chosen)
    release_numbers(other)
    former = responsible_for(other)
    step = Merge(survivor, other, actor, chosen=chosen)
    _hand_over(step, former)
    merge_parts(step)
    tax_id = other.tax_id
    other.merge_into(survivor, clock.now())
    db.session.flush()  # the tax id is free before the survivor takes it
    changed = _take_fields(survivor, other, taken, tax_id)
    _claim(survivor, before, actor, is_new="phone" in changed)
    db.session.flush()
    _keep(step, before, changed)
    _log(step, changed)
    _notify(step, former)
    _follow_pairs(survivor, other, actor)


def responsible_for(customer: Customer) -> Staff | None:
    """Return the person to whom the open work of a file belongs."""
    return customer.owner or customer.private_holder or customer.handler


def _hand_over(step: Merge, former: Staff | None) -> None:
    """Hand the open work of the merged file to who is responsible for the survivor (CUST-32)."""
    receiver = responsible_for(step.survivor)
    if former is not None and receiver is not None and former.id != receiver.id:
        hand_over(HandOver(step.merged, former.id, receiver, step.actor))
    elif former is not None and receiver is None:
        recycle_parts([step.merged], step.actor)


def _has_claim(customer: Customer) -> bool:
    return (
        db.session.scalar(
            select(PhoneClaim.customer_id).where(PhoneClaim.customer_id == customer.id).limit(1)
        )
        is not None
    )


def _take_fields(
    survivor: Customer, other: Customer, taken: Sequence[MergedField], tax_id: str | None
) -> dict[str, tuple[str, str]]:
    """Give the survivor the other's values; return the fields that changed, as the log keeps them."""
    changed: dict[str, tuple[str, str]] = {}
    for one in taken:
        before = one.text(survivor)
        for name in one.names:
            if name == "demand_districts":
                survivor.demand_districts = [*other.demand_districts]
            else:
                setattr(survivor, name, tax_id if name == "tax_id" else getattr(other, name))
        changed[one.key] = (masked(one.key, before), masked(one.key, one.text(survivor)))
    _take_moments(survivor, other)
    grade = grade_of(survivor.annual_revenue, survivor.cooperation_years, survivor.deal_status)
    if grade != survivor.grade:
        changed["grade"], survivor.grade = (survivor.grade, grade), grade
    survivor.bump()
    return changed


def _take_moments(survivor: Customer, other: Customer) -> None:
    """The follow-ups of both are the survivor's: the last one counts, and the next contact is the earlier."""
    followed = [at for at in (survivor.last_follow_up_at, other.last_follow_up_at) if at]
    planned = [at for at in (survivor.next_contact_at, other.next_contact_at) if at]
    last, planned_next = max(followed, default=None), min(planned, default=None)
    if last != survivor.last_follow_up_at:
        survivor.last_follow_up_at = last
    if planned_next != survivor.next_contact_at:
        survivor.next_contact_at = planned_next


def _claim(survivor: Customer, before: _Before, actor: Actor, *, is_new: bool) -> None:
    """Claim the number once, for the survivor (CUST-7)."""
    if not survivor.phone or (before.claims["survivor"] and not is_new):
        return
    place, index = number_place_of(survivor, actor), survivor.phone.index or ""
    if is_new:
        check_number(index, place, actor, exclude=survivor.id)
    elif not find_duplicate(index, place, actor, exclude=survivor.id):
        return  # as before: a third file has the number here, and is merged next
    claim_number(survivor, place)


def _check_demand(survivor: Customer) -> None:
    names = [f"{what}_{end}" for what in ("price", "area", "rooms") for end in ("min", "max")]
    validate_demand({name: getattr(survivor, name) for name in names}, [])


def _keep(step: Merge, before: _Before, changed: Mapping[str, Any]) -> None:
    """Keep what the merge did, for its undo."""
    survivor, other = step.survivor, step.merged
    now = responsible_for(survivor)
    content = {
        "rows": changes_between(before.rows, rows_of([survivor.id, other.id])).as_json(),
        "survivor": differences(before.survivor, file_values(survivor)),
        "merged": differences(before.merged, file_values(other)),
        "claims": before.claims,
        "fields": [*changed],
        "responsible": now.id if now else None,
        "pool": survivor.pool,
    }
    db.session.add(
        CustomerMerge(
            company_id=survivor.company_id,
            survivor_id=survivor.id,
            merged_id=other.id,
            by_id=step.actor.id,
            kept_cipher=seal(content),
            created_at=clock.now(),
        )
    )


def _log(step: Merge, changed: Mapping[str, tuple[str, str]]) -> None:
    """Write a row on both files, each naming the other's code."""
    audit.record(
        step.actor,
        "customer.merge",
        step.survivor,
        N_("%(code)s was merged into this file"),
        changed,
        code=step.merged.code,
    )
    audit.record(
        step.actor, "customer.merged", step.merged, N_("Merged into %(code)s"), code=step.survivor.code
    )


def _notify(step: Merge, former: Staff | None) -> None:
    """Tell the persons responsible for either file, if they are others than the actor."""
    now = responsible_for(step.survivor)
    if former is not None and former.id not in {step.actor.id, now.id if now else None}:
        notify_about(
            step.survivor,
            former.id,
            N_("%(who)s merged your customer %(name)s into %(code)s, which %(owner)s has"),
            step.actor,
            code=step.survivor.code,
            owner=now.name if now else step.survivor.department.name,
        )
    if now is not None and now.id != step.actor.id:
        notify_about(
            step.survivor,
            now.id,
            N_("%(who)s merged %(code)s into your customer %(name)s"),
            step.actor,
            code=step.merged.code,
        )


def _follow_pairs(survivor: Customer, other: Customer, actor: Actor) -> None:
    """Close the pair of both; who was no duplicate of the merged file is none of the survivor."""
    a, b = sorted((survivor.id, other.id))
    moment = clock.now()
    with unscoped("pairs of a merged file, whoever may see them (CUST-9)"):
        db.session.execute(
            update(DuplicatePair)
            .where(DuplicatePair.a_id == a, DuplicatePair.b_id == b)
            .values(state="merged", decided_at=moment, decided_by_id=actor.id)
        )
        dismissed = db.session.scalars(
            select(DuplicatePair).where(
                or_(DuplicatePair.a_id == other.id, DuplicatePair.b_id == other.id),
                DuplicatePair.state == "dismissed",
            )
        ).all()
        for pair in dismissed:
            third = pair.a_id if pair.b_id == other.id else pair.b_id
            if third == survivor.id:
                continue
            first, last = sorted((survivor.id, third))
            values = {
                "company_id": pair.company_id,
                "a_id": first,
                "b_id": last,
                "reason": pair.reason,
                "score": pair.score,
                "state": "dismissed",
                "found_at": moment,
                "seen_at": moment,
                "decided_at": pair.decided_at,
                "decided_by_id": pair.decided_by_id,
            }
            db.session.execute(upsert(DuplicatePair, values, unique=("a_id", "b_id")))
