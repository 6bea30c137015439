"""Who is the same customer: one normalised name and one fragment in common, within a project (CH-8).

Every operation that looks at or changes bindings of an identity first takes the lock on its name, so that
such operations wait for each other; which of two wins is decided by the unique keys in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, insert, select

from app.channel.expiry import end_if_due
from app.channel.models import Binding, BindingKey, Fragment, Referral, ReferralKey
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, refuses
from app.kernel.errors import Invalid, conflict
from app.kernel.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from app.kernel.errors import Decision

MAX_NAME = 60
MAX_PHONES = 2
_MAX_KEY = 240
# Letters and marks that show nothing, beside the control characters that ``fold`` drops.
_INVISIBLE = {ord(c): None for c in "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"} | dict.fromkeys(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)


def name_key(name: str) -> str:
    """The name as identities are compared: NFKC, no spaces, nothing invisible (CH-8)."""
    return "".join(fold(name).translate(_INVISIBLE).split())


def read_name(family_name: str, given_name: str) -> tuple[str, str, str]:
    """Family name, given name and key of both, as stored.

    :raises Invalid: for an empty or overlong part.
    """
    parts = {"family_name": clean_line(family_name), "given_name": clean_line(given_name)}
    for field, value in parts.items():
        if not name_key(value):
            raise Invalid(**{field: _("This field is required")})
        if len(value) > MAX_NAME:
            raise Invalid(**{field: _("At most %(n)s characters", n=MAX_NAME)})
    key = name_key("".join(parts.values()))
    if len(key) > _MAX_KEY:
        raise Invalid(family_name=_("Not an acceptable value"))
    return parts["family_name"], parts["given_name"], key


def read_fragments(phones: Iterable[tuple[str, str]]) -> tuple[Fragment, ...]:
    """One or two numbers as first three and last four digits; the same one twice counts once (CH-7).

    :raises Invalid: under ``phones.0.prefix`` and so on.
    """
    found = []
    for place, (prefix, tail) in enumerate(phones):
        one = Fragment(fold(prefix), fold(tail))
        for part, value, digits in (("prefix", one.prefix, 3), ("tail", one.tail, 4)):
            if len(value) != digits or not (value.isascii() and value.isdigit()):
                raise Invalid(**{f"phones.{place}.{part}": _("%(n)s digits", n=digits)})
        found.append(one)
    if not found:
        raise Invalid(phones=_("This field is required"))
    if len(found) > MAX_PHONES:
        raise Invalid(phones=_("At most two numbers"))
    return tuple(dict.fromkeys(found))


def lock_identity(project_id: int, key: str) -> None:
    """Keep others who work on customers of this name out until the transaction ends."""
    lock(f"identity:{project_id}:{key}")


def live_bindings(project_id: int, key: str, fragments: Collection[str]) -> list[Binding]:
    """The bindings of the identity that live now; those that are due are ended on the way (CH-14)."""
    return [one for one in _held(project_id, key, fragments) if not end_if_due(one)]


def live_holders(project_id: int, key: str, fragments: Collection[str]) -> list[Binding]:
    """The same for a page that only looks: nothing is written."""
    moment = clock.now()
    return [one for one in _held(project_id, key, fragments) if one.lives_at(moment)]


def _held(project_id: int, key: str, fragments: Collection[str]) -> Sequence[Binding]:
    held = select(BindingKey.binding_id).where(
        BindingKey.project_id == project_id, BindingKey.name_key == key, BindingKey.fragment.in_(fragments)
    )
    return db.session.scalars(select(Binding).where(Binding.id.in_(held)).order_by(Binding.id)).all()


def fragments_of(referral: Referral) -> list[str]:
    """The referral's fragments as keys hold them, in the order in which everybody takes them."""
    return sorted(one.key for one in referral.fragments)


def claim_identity(referral: Referral) -> None:
    """Take the broker's key of each number (CH-8)."""
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
    """Take the binding's key of each number, those aside that are its ``own`` already (CH-14).

    :raises IntegrityError: when a binding of somebody else's holds one.
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


def release_binding_keys(binding: Binding) -> None:
    """Give the identity free."""
    db.session.execute(delete(BindingKey).where(BindingKey.binding_id == binding.id))


def referral_of(broker_id: int, project_id: int, key: str, fragments: Collection[str]) -> Referral | None:
    """The broker's own referral of the identity, the eldest of several; locked."""
    own = select(ReferralKey.referral_id).where(
        ReferralKey.project_id == project_id,
        ReferralKey.name_key == key,
        ReferralKey.fragment.in_(fragments),
        ReferralKey.broker_id == broker_id,
    )
    statement = select(Referral).where(Referral.id.in_(own)).order_by(Referral.id).limit(1)
    return db.session.scalars(scoped(statement.with_for_update())).one_or_none()


def _taken() -> Decision:
    return conflict("referral.duplicate", _("You entered this customer before"))


def bound_elsewhere() -> Decision:
    """Another's binding holds the identity."""
    return conflict("referral.bound_elsewhere", _("Another broker's binding of this customer lives"))


refuses("uq_referral_key_identity", _taken)
refuses("pk_binding_key", bound_elsewhere)
