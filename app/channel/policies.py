"""Who may do what in channel sales: pure rules, no queries (CH-3 … CH-25, ACC-7, ACC-8).

``Standing`` is what a query knows of the person; the permission to use a function at all is asked here too,
so that a rule answers the same wherever it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.channel.models import Broker, Collision, Referral, Tour, ViewingFee
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


@dataclass(frozen=True)
class WorkProfile:
    """``broker``: the person's own profile as a broker; ``onsite_at``, ``consults_at``: the projects they are
    assigned to.
    """

    broker: Broker | None = None
    onsite_at: frozenset[int] = frozenset()
    consults_at: frozenset[int] = frozenset()


NO_WORK_PROFILE = WorkProfile()
_FORBIDDEN = _("You may not do this")
NOTHING_TO_REBIND = _("The binding is over: there is nothing to rebind")
PROTECTION_OVER = _("The protection is over: ask the broker to report again")
NO_BROKER_TO_REBIND_TO = _("A visitor has no broker to rebind to")


def oversees(actor: Actor, company_id: int, resource: str = "Referral") -> bool:
    """ACC-7: the back office of the company that the record belongs to."""
    return actor.sees_all or (actor.company_id == company_id and actor.may("read", resource))


def _office(actor: Actor, company_id: int, permission: str, resource: str) -> Decision:
    """A function of the back office, in one's own company (ACC-7)."""
    if actor.may(permission, resource) and oversees(actor, company_id, resource):
        return ALLOW
    return forbidden("channel.not_your_office", _FORBIDDEN)


def can_work(profile: WorkProfile) -> Decision:
    """CH-3: a broker at once, a company on-site when approved; nobody else works as a broker."""
    broker = profile.broker
    if broker is None:
        return forbidden("broker.none", _("Only brokers may do this"))
    if broker.review_state == "approved":
        return ALLOW
    message = (
        _("Your registration was rejected: %(reason)s", reason=broker.review_reason)
        if broker.review_state == "rejected"
        else _("Your registration is awaiting review")
    )
    return Decision(
        allowed=False,
        code="broker.awaiting_review",
        message=message,
        status=403,
        details={"review_state": broker.review_state, "reason": broker.review_reason},
    )


def can_enter(
    actor: Actor, profile: WorkProfile, *, for_broker_id: int | None, allowed: bool = True
) -> Decision:
    """CH-7, CH-9: for oneself; a company on-site for brokers of their company, where that is switched on."""
    verdict = can_work(profile)
    if not verdict or for_broker_id in {None, actor.id}:
        return verdict
    if profile.broker is None or not profile.broker.is_onsite or not allowed:
        return forbidden("referral.for_others", _("Only company on-sites may enter customers for others"))
    return ALLOW


def can_report(actor: Actor, referral: Referral, profile: WorkProfile) -> Decision:
    """CH-11: the broker whose referral it is, or who entered it; at any state."""
    verdict = can_work(profile)
    if verdict and actor.id not in {referral.broker_id, referral.entered_by_id}:
        return forbidden("referral.not_yours", _("This is another broker's customer"))
    return verdict


def can_scan(actor: Actor, project_id: int, profile: WorkProfile) -> Decision:
    """CH-13: on-site staff of the project."""
    if actor.may("create", "Scan") and project_id in profile.onsite_at:
        return ALLOW
    return forbidden("scan.not_your_project", _("You are not on-site staff of this project"))


def can_lookup(actor: Actor, project_id: int, profile: WorkProfile) -> Decision:
    """CH-13, CH-21: on-site staff and consultants of the project may see whom a code belongs to."""
    if project_id in profile.onsite_at | profile.consults_at or actor.opens_all:
        return ALLOW
    return forbidden("scan.not_your_project", _("You do not work at this project"))


def judge_scan(referral: Referral, holders: Collection[int]) -> str | Decision:
    """CH-13, CH-14: what a scan comes to; ``holders`` are the brokers of the bindings that live now.

    Answers ``bound``, ``revisit``, ``collision``, or a refusal.
    """
    state = referral.present_state
    if state in {"bound", "closed"}:
        return "revisit"
    if set(holders) - {referral.broker_id}:
        return "collision"
    if holders:
        return "revisit"
    if state == "reported":
        return "bound"
    if state == "expired":
        return conflict("referral.expired", PROTECTION_OVER)
    return conflict("referral.not_reported", _("This customer was not reported yet"))


def can_tour(
    actor: Actor, project_id: int, profile: WorkProfile, *, received: bool, why_not: Sentence = ""
) -> Decision:
    """CH-21: any consultant of the project; ``received``: a live binding, a deal or a visitor's scan.

    ``why_not`` says why there is none, where more is known than that nobody scanned.
    """
    if not (actor.may("create", "Tour") and project_id in profile.consults_at):
        return forbidden("tour.not_your_project", _("You are not a consultant of this project"))
    if not received:
        message = why_not or _("On-site staff have to scan this customer first")
        return conflict("tour.not_received", message)
    return ALLOW


def can_follow_tour(actor: Actor, tour: Tour) -> Decision:
    """CH-21: the consultant of the tour."""
    if actor.may("follow_up", "Tour") and tour.consultant_id == actor.id:
        return ALLOW
    return forbidden("tour.not_yours", _("This is another consultant's tour"))


def can_rebind(actor: Actor, referral: Referral) -> Decision:
    """CH-23: director and administrator, while the protection lasts."""
    verdict = _office(actor, referral.company_id, "rebind", "Referral")
    if not verdict:
        return verdict
    state = referral.present_state
    if state == "closed":
        return conflict("referral.closed", _("The deal is closed; it has to be reopened first"))
    if state != "bound":
        return conflict("referral.not_bound", _("There is no binding that could be changed"))
    return ALLOW


def can_close(actor: Actor, referral: Referral, *, elsewhere: bool = False) -> Decision:
    """CH-24: director and administrator; not while another's binding lives (``elsewhere``)."""
    verdict = _office(actor, referral.company_id, "close", "Referral")
    if not verdict:
        return verdict
    state = referral.present_state
    if state == "closed":
        return conflict("referral.closed", _("The deal is closed already"))
    if state == "entered":
        return conflict("referral.not_reported", _("This customer was not reported yet"))
    if elsewhere:
        return conflict("referral.bound_elsewhere", _("Another broker's binding of this customer lives"))
    return ALLOW


def can_reopen(actor: Actor, referral: Referral) -> Decision:
    """CH-24: the administrator."""
    verdict = _office(actor, referral.company_id, "reopen", "Referral")
    if verdict and referral.present_state != "closed":
        return conflict("referral.not_closed", _("There is no deal to reopen"))
    return verdict


def can_make_customer(actor: Actor, referral: Referral) -> Decision:
    """CH-24: a closed one becomes a customer file, once."""
    verdict = _office(actor, referral.company_id, "make_customer", "Referral")
    if verdict and referral.present_state != "closed":
        return conflict("referral.not_closed", _("Only a closed deal becomes a customer"))
    if verdict and referral.customer_id is not None:
        return conflict("referral.has_customer", _("This deal has its customer file already"))
    return verdict


def can_pay_fee(actor: Actor, referral: Referral) -> Decision:
    """CH-25: the secretary only; whoever may rebind or close does not pay."""
    verdict = _office(actor, referral.company_id, "create", "ViewingFee")
    if verdict and (actor.may("rebind", "Referral") or actor.may("close", "Referral")):
        return forbidden(
            "fee.duties_apart", _("Whoever rebinds or closes does not pay: the secretary makes viewing fees")
        )
    return verdict


def can_void_fee(actor: Actor, fee: ViewingFee) -> Decision:
    """CH-25: director or administrator."""
    verdict = _office(actor, fee.company_id, "void", "ViewingFee")
    if verdict and fee.is_void:
        return conflict("fee.void", _("This fee was voided before"))
    return verdict


def can_handle(actor: Actor, collision: Collision) -> Decision:
    """CH-19: director and administrator, once."""
    verdict = _office(actor, collision.company_id, "handle", "Collision")
    if verdict and not collision.is_open:
        return conflict("collision.handled", _("This collision was handled before"))
    return verdict


def can_settle_by_rebinding(collision: Collision, *, lives: bool) -> Decision:
    """CH-19: only towards a broker, and only while the binding lasts."""
    if collision.referral_id is None:
        return conflict("collision.no_broker", NO_BROKER_TO_REBIND_TO, field="outcome")
    if not lives:
        return conflict("collision.binding_over", NOTHING_TO_REBIND)
    return ALLOW


def can_review(actor: Actor, broker: Broker) -> Decision:
    """CH-4: director or administrator; only company on-sites who wait."""
    if not actor.may("review", "Broker"):
        return forbidden("channel.not_your_office", _FORBIDDEN)
    if not broker.is_onsite:
        return conflict("broker.no_review", _("Only company on-sites are reviewed"))
    if broker.review_state != "pending":
        return conflict("broker.reviewed", _("This registration was reviewed before"))
    return ALLOW


def can_edit_broker(actor: Actor, broker: Broker) -> Decision:
    """CH-5, CH-6: the broker, in any state of review, and the office."""
    if actor.id == broker.id or actor.may("update", "Broker"):
        return ALLOW
    return forbidden("channel.not_your_office", _FORBIDDEN)


def can_resubmit(actor: Actor, broker: Broker) -> Decision:
    """CH-3: a company on-site who was rejected asks again."""
    if actor.id != broker.id:
        return forbidden("broker.not_you", _FORBIDDEN)
    if broker.review_state != "rejected":
        return conflict("broker.not_rejected", _("There is nothing to submit again"))
    return ALLOW


def can_keep_companies(actor: Actor, permission: str) -> Decision:
    """CH-2: director and administrator."""
    if actor.may(permission, "BrokerCompany"):
        return ALLOW
    return forbidden("channel.not_your_office", _FORBIDDEN)


def can_delete_company(actor: Actor, *, in_use: bool) -> Decision:
    """CH-2: not while it has brokers or referrals."""
    verdict = can_keep_companies(actor, "delete")
    if verdict and in_use:
        return conflict(
            "broker_company.in_use", _("It has brokers or referrals; disable it instead of deleting it")
        )
    return verdict


def can_keep_projects(actor: Actor, permission: str = "update") -> Decision:
    """CH-1: the administrator."""
    if actor.may(permission, "Project"):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))


def can_keep_consultants(actor: Actor, permission: str) -> Decision:
    """CH-20: the administrator."""
    if actor.may(permission, "Consultant"):
        return ALLOW
    return forbidden("channel.administrator_only", _("Only an administrator may do this"))
