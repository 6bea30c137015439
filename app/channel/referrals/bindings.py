"""Keys that allow one referral per broker and one live binding per customer (CH-8, CH-14)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, insert, select

from app.channel.referrals.expiry import end_if_due
from app.channel.referrals.models import Binding, BindingKey, Referral, ReferralKey
from app.channel.shared.similar_names import are_similar
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.database.transactions import lock
from app.kernel.errors import conflict

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from app.kernel.errors import Decision


def full_name(family: str, given: str) -> str:
    """Join family name and given name as people write them: Chinese together, Latin with a space between."""
    is_latin = family[-1:].isalpha() and given[:1].isalpha() and _is_latin(family[-1]) and _is_latin(given[0])
    return f"{family} {given}" if is_latin else family + given


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


def lock_identity(project_id: int, key: str) -> None:
    """Lock the identity in the project until the transaction ends, so that no other changes its referrals."""
    lock(f"identity:{project_id}:{key}")


def live_bindings(project_id: int, key: str, fragments: Collection[str]) -> list[Binding]:
    """Return the live bindings of the identity; write the end of those that are due (CH-14)."""
    return [one for one in _held(project_id, key, fragments) if not end_if_due(one)]


def live_holders(project_id: int, key: str, fragments: Collection[str]) -> list[Binding]:
    """Return the live bindings of the identity without writing anything, for pages that only read."""
    moment = clock.now()
    return [one for one in _held(project_id, key, fragments) if one.lives_at(moment)]


def similar_holders(
    project_id: int, key: str, fragments: Collection[str], *, but: int | None = None
) -> list[Binding]:
    """Return bindings of customers that are probably this one: the same number under a similar name (CH-8),
    without those of the broker ``but``. They are only hints: nothing is refused, and nothing is written.
    """
    rows = db.session.execute(
        select(BindingKey.name_key, BindingKey.binding_id).where(
            BindingKey.project_id == project_id, BindingKey.fragment.in_(fragments)
        )
    ).all()
    certain = {pk for name, pk in rows if name == key}
    similar = {pk for name, pk in rows if are_similar(name, key)} - certain
    if not similar:
        return []
    moment = clock.now()
    found = db.session.scalars(select(Binding).where(Binding.id.in_(similar)).order_by(Binding.id))
    return [one for one in found if one.broker_id != but and one.lives_at(moment)]


def _held(project_id: int, key: str, fragments: Collection[str]) -> Sequence[Binding]:
    held = select(BindingKey.binding_id).where(
        BindingKey.project_id == project_id, BindingKey.name_key == key, BindingKey.fragment.in_(fragments)
    )
    return db.session.scalars(select(Binding).where(Binding.id.in_(held)).order_by(Binding.id)).all()


def fragments_of(referral: Referral) -> list[str]:
    """Return the referral's fragments as keys store them, in the one order in which all transactions lock
    them.
    """
    return sorted(one.key for one in referral.fragments)


def claim_identity(referral: Referral) -> None:
    """Add the broker's key of each number (CH-8)."""
    db.session.add_all(
        ReferralKey(
            company_id=referral.company_id,
            project_id=referral.project_id,
            broker_id=referral.broker_id,
            name_key=referral.name_key,
            fragment=fragment,
            tail=fragment[3:],
            referral_id=referral.id,
        )
        for fragment in fragments_of(referral)
    )
    db.session.flush()


def add_binding_keys(binding: Binding, key: str, fragments: Sequence[str], own: Collection[str] = ()) -> None:
    """Add the binding's key of each number, except those that are already its ``own`` (CH-14).

    :raises IntegrityError: when another binding holds one.
    """
    rows = [
        {
            "project_id": binding.project_id,
            "name_key": key,
            "fragment": fragment,
            "company_id": binding.company_id,
            "binding_id": binding.id,
        }
        for fragment in sorted(set(fragments) - set(own))
    ]
    if rows:
        db.session.execute(insert(BindingKey), rows)


def add_binding(referral: Referral, *, state: str, begins: datetime, ends: datetime) -> Binding:
    """Add a binding of the referral that holds its identity; a refused one leaves nothing (CH-14).

    :raises IntegrityError: when another binding holds the identity.
    """
    binding = Binding(
        company_id=referral.company_id,
        project_id=referral.project_id,
        referral_id=referral.id,
        broker_id=referral.broker_id,
        broker_company_id=referral.broker.broker_company_id,
        state=state,
        bound_at=begins,
        expires_at=ends,
    )
    with db.session.begin_nested():
        db.session.add(binding)
        db.session.flush()
        add_binding_keys(binding, referral.name_key, fragments_of(referral))
    return binding


def release_binding_keys(binding: Binding) -> None:
    """Delete the binding's keys, so that the identity can be bound again."""
    db.session.execute(delete(BindingKey).where(BindingKey.binding_id == binding.id))


def referral_of(broker_id: int, project_id: int, key: str, fragments: Collection[str]) -> Referral | None:
    """Return the broker's own referral of the identity, locked; the oldest of several."""
    own = select(ReferralKey.referral_id).where(
        ReferralKey.project_id == project_id,
        ReferralKey.name_key == key,
        ReferralKey.fragment.in_(fragments),
        ReferralKey.broker_id == broker_id,
    )
    statement = select(Referral).where(Referral.id.in_(own)).order_by(Referral.id).limit(1)
    return db.session.scalars(scoped(statement.with_for_update())).one_or_none()


def referral_taken() -> Decision:
    """Refuse a customer that the broker has already entered (CH-8)."""
    return conflict("referral.duplicate", _("You entered this customer before"))


def bound_elsewhere() -> Decision:
    """Refuse because another binding holds the identity."""
    return conflict("referral.bound_elsewhere", _("Another broker's binding of this customer lives"))
