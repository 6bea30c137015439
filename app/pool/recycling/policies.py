"""Which rule holds for a customer, and who may recycle one by hand: pure rules (POOL-19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import is_superior
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor

WON = "won"


@dataclass(frozen=True)
class IdleRule:
    """A rule as it is applied: ``departments`` are the named one and those below it, ``depth`` its depth."""

    days: int
    departments: frozenset[int] | None = None
    depth: int = 0
    deal_status: str | None = None
    level: str | None = None
    to_department_id: int | None = None

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The place in the order of trying: the most specific first, then the shortest, never last."""
        named = sum(part is not None for part in (self.departments, self.deal_status, self.level))
        return -named, -self.depth, self.days == 0, self.days

    def holds_for(self, department_id: int, deal_status: str, level: str | None) -> bool:
        """Tell whether the conditions are met."""
        return (
            (self.departments is None or department_id in self.departments)
            and self.deal_status in {None, deal_status}
            and self.level in {None, level}
        )


def in_order(rules: Sequence[IdleRule], *, default_days: int, recycle_won: bool) -> list[IdleRule]:
    """Return all rules in the order in which they are tried; the last one holds for everybody.

    Won customers are exempt, unless the setting or a rule that names that status says otherwise.
    """
    found = sorted(rules, key=lambda rule: rule.rank)
    if not recycle_won:
        of_won = [rule for rule in found if rule.deal_status == WON]
        found = [*of_won, IdleRule(0, deal_status=WON), *(rule for rule in found if rule not in of_won)]
    return [*found, IdleRule(default_days)]


def rule_for(rules: Sequence[IdleRule], customer: Any) -> IdleRule:
    """Return the first rule in order that holds for a customer."""
    facts = (customer.department_id, customer.deal_status, customer.level)
    return next(rule for rule in rules if rule.holds_for(*facts))


def can_recycle(actor: Actor, customer: Customer, _facts: Facts) -> Decision:
    """POOL-19: the owner, a superior or the administrator, a personal customer on shelf."""
    in_charge = customer.pool != "personal" and actor.has_scope_over_department(customer.department_id)
    if not (customer.owner_id == actor.id or actor.is_admin or is_superior(actor, customer) or in_charge):
        return forbidden("pool.not_owner", _("Only the owner or a superior may put it into the public pool"))
    if customer.pool != "personal":
        return conflict("pool.not_personal", _("Only a personal customer can be recycled"))
    if customer.follow_status == "off_shelf":
        return conflict("pool.off_shelf", _("It is off shelf; put it on shelf first"))
    return ALLOW


def can_keep_rules(_actor: Actor, _rule: Any) -> Decision:
    """POOL-19: whoever has the function; rules are those of one's company."""
    return ALLOW
