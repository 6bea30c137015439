"""Who may merge two files, and take them apart again: pure rules (CUST-9, CUST-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, answers_for
from app.kernel.access.actor import SYSTEM
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

NOT_IN_CHARGE = forbidden(
    "customer.not_in_charge", _("Only the owner, a superior or an administrator may do this")
)
NOT_OF_BOTH = forbidden(
    "customer.not_in_charge_of_both",
    _("Only who is in charge of both files may merge them: their owner, a superior or an administrator"),
)


NOTHING_MERGED = conflict("customer.nothing_merged", _("No merge is left to undo here"))


def can_merge(actor: Actor, customer: Customer, _facts: Facts) -> Decision:
    """CUST-9: the survivor's owner, a superior or the administrator; the other file decides with them."""
    return ALLOW if answers_for(actor, customer) else NOT_IN_CHARGE


def can_merge_all(actor: Actor, customers: Sequence[Customer]) -> Decision:
    """CUST-9, CUST-21: who is in charge of every file, of one company and one kind."""
    if not all(answers_for(actor, customer) for customer in customers):
        return NOT_OF_BOTH
    if len({customer.company_id for customer in customers}) > 1:
        return conflict("customer.other_company", _("These files belong to different companies"))
    if len({customer.kind for customer in customers}) > 1:
        return conflict("customer.other_kind", _("An individual and an enterprise cannot become one file"))
    return ALLOW


def can_unmerge(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-9: who may merge may undo it, where another file is part of this one."""
    verdict = may_take_apart(actor, customer)
    return NOTHING_MERGED if verdict and not facts.took_in else verdict


def may_take_apart(actor: Actor, customer: Customer) -> Decision:
    """CUST-9: who is in charge of the file; so is the operator's command."""
    return ALLOW if actor == SYSTEM or answers_for(actor, customer) else NOT_IN_CHARGE


def can_undo(*, is_survivor_gone: bool, is_latest: bool, is_same_owner: bool, is_kept: bool) -> Decision:
    """CUST-9: in reverse order, as long as nothing was built on the merge."""
    if is_survivor_gone:
        return conflict(
            "customer.merged_since", _("The file that took it in was merged itself since; undo that first")
        )
    if not is_latest:
        return conflict("customer.merged_since", _("Another file was merged since; undo that first"))
    if not is_kept:
        return conflict("customer.erased_since", _("What it was before has been erased"))
    if not is_same_owner:
        return conflict(
            "customer.handed_over_since",
            _("Another person is responsible since: what belongs to the file went to them"),
        )
    return ALLOW


UNKNOWN_PAIR = _("Not one of the choices")
ALREADY_MERGED = conflict("customer.already_merged", _("This file was merged into another one just now"))


def can_dismiss(is_open: bool) -> Decision:  # noqa: FBT001 - the pair's state is all that the rule needs
    """CUST-9: an open pair may be declared two customers."""
    if is_open:
        return ALLOW
    return conflict("duplicate.decided", _("This pair was decided already"))
