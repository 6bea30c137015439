"""Services of what a person wants to be sent (OFF-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, tuple_

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.translation import N_
from app.notices.choices.kinds import kinds_for, urgent_kinds
from app.notices.choices.models import CHANNELS, NoticeChoice, QuietHours
from app.notices.choices.policies import MINUTES_A_DAY
from app.notices.choices.queries import choices_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from app.kernel.access.actor import Actor


@transactional
def choose_notices(
    account: Any,
    *,
    wanted: Collection[tuple[str, str]],
    quiet: tuple[int, int] | None,
    reachable: Collection[str],
    actor: Actor,
) -> None:
    """Store what the actor wants to be sent where, and the quiet hours.

    :param account: the actor's own account, which the log names.
    :param reachable: the channels by which the person can be reached; others cannot be chosen.
    :raises Invalid: for a kind that does not concern the actor, a channel without an address, or quiet hours
        that are no part of a day.  An urgent kind stays on by e-mail.
    """
    offered = {kind.name for kind in kinds_for(actor)}
    chosen = set(wanted)
    if any(kind not in offered or channel not in CHANNELS for kind, channel in chosen):
        raise Invalid(choice=_("Not one of the choices"))
    if any(channel not in reachable for _kind, channel in chosen):
        raise Invalid(choice=_("There is no address to send it to"))
    if quiet is not None and (quiet[0] == quiet[1] or not all(0 <= one < MINUTES_A_DAY for one in quiet)):
        raise Invalid(quiet=_("Quiet hours begin and end at different times of the day"))
    if "email" in reachable:
        chosen |= {(kind, "email") for kind in urgent_kinds()}
    before = choices_of(actor.id)
    _remove(actor.id, before - chosen)
    _add(actor.id, chosen - before)
    _set_quiet(actor.id, quiet)
    audit.record(actor, "account.notices", account, N_("Own notices chosen"))


@transactional
def send_urgent_by_email(account_id: int) -> None:
    """Send urgent notifications by e-mail from now on: the person has an address."""
    _add(account_id, {(kind, "email") for kind in urgent_kinds()})


@transactional
def forget_channel(account_id: int, channel: str) -> None:
    """Send nothing by this channel any more: the person has no address there."""
    gone = delete(NoticeChoice).where(NoticeChoice.account_id == account_id, NoticeChoice.channel == channel)
    db.session.execute(gone)


def _remove(account_id: int, pairs: Collection[tuple[str, str]]) -> None:
    if pairs:
        of_them = tuple_(NoticeChoice.kind, NoticeChoice.channel).in_(sorted(pairs))
        db.session.execute(delete(NoticeChoice).where(NoticeChoice.account_id == account_id, of_them))


def _add(account_id: int, pairs: Collection[tuple[str, str]]) -> None:
    for kind, channel in sorted(pairs):
        row = {"account_id": account_id, "kind": kind, "channel": channel, "since": clock.now()}
        db.session.execute(upsert(NoticeChoice, row, unique=("account_id", "kind", "channel")))


def _set_quiet(account_id: int, quiet: tuple[int, int] | None) -> None:
    if quiet is None:
        db.session.execute(delete(QuietHours).where(QuietHours.account_id == account_id))
        return
    hours = {"begins": quiet[0], "ends": quiet[1]}
    row = {"account_id": account_id, **hours}
    db.session.execute(upsert(QuietHours, row, unique=("account_id",), changes=hours))
