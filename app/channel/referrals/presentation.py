"""How referrals are shown: QR pictures, cells, tags, sections (CH-11, CH-17, CH-28)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.channel.brokers.presentation import broker_cell
from app.channel.referrals import choices
from app.channel.shared.codes import qr_picture
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.presentation import address_of, link, person_name
from app.channel.shared.settings import WARNING_DAYS
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import openable_names
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.errors import conflict
from app.kernel.pages.formatting import code_tag, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from flask import Response

    from app.channel.referrals.models import Referral
    from app.org.shared.models import Staff


def referral_qr(referral: Referral, kind: str = "png") -> Response:
    """Send the viewing QR, which the first report makes.

    :raises Denied: ``referral.not_reported``.
    """
    if referral.qr_token is None:
        conflict("referral.not_reported", _("This customer was not reported yet")).enforce()
    return qr_picture(referral.qr_token or "", referral.code, kind)


_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def referral_cell(referral: Referral) -> Any:
    """Link a referral's code to its page (CH-19)."""
    return link(referral.code, address_of("ReferralView", ReferralPermission.READ, referral.id))


def fragments(referral: Referral) -> str:
    """Join the known fragments of the numbers."""
    return " / ".join(one.masked for one in referral.fragments)


def state_tag(referral: Referral) -> Markup:
    """Show the present state as a tag (CH-17)."""
    return code_tag(choices.REFERRAL_STATE, referral.present_state)


def protection_left(referral: Referral) -> str:
    """Say how long the protection still lasts; brokers read the same words (CH-17)."""
    until = referral.protected_until
    return time_left(until) if until else ""


def time_left(until: datetime) -> str:
    """Say how much time is left until a moment."""
    left = until - clock.now()
    if left > _DAY:
        return gettext("%(n)s days left", n=-(-left // _DAY))
    return gettext("%(n)s hours left", n=-(-left // _HOUR))


def protection_cell(referral: Referral) -> Any:
    """Show the remaining protection, highlighted once the broker is warned."""
    until = referral.protected_until
    if until is None:
        return ""
    is_near = until - clock.now() <= max(WARNING_DAYS.get(), default=0) * _DAY
    return tag(protection_left(referral), "orange") if is_near else protection_left(referral)


def _colleague(staff: Staff | None) -> str:
    return f"{staff.name} · {staff.phone}".removesuffix(" · ") if staff else ""


def _customer(referral: Referral) -> Any:
    """Link to the customer file that the deal became, for those who can open it."""
    if referral.customer_id is None:
        return ""
    actor = current_actor()
    names = openable_names([referral.customer_id], actor) if actor.may(CustomerPermission.READ) else {}
    if referral.customer_id not in names:
        return gettext("Made; you cannot open it")
    return link(names[referral.customer_id], url_for("CustomerView.show", pk=referral.customer_id))


FORMATTERS: Mapping[str, Callable[[Referral], Any]] = {
    "fragment": fragments,
    "broker": lambda r: broker_cell(r.broker),
    "broker_phone": lambda r: r.broker.phone,
    "company": lambda r: r.broker_company.name,
    "project": lambda r: r.project.name,
    "status": state_tag,
    "protection": protection_cell,
    "entered_by": lambda r: person_name(r.entered_by_id),
    "shop_category": lambda r: choices.SHOP_CATEGORY.label(r.shop_category),
    "customer_type": lambda r: choices.CUSTOMER_TYPE.label(r.customer_type),
    "designated_consultant": lambda r: _colleague(r.consultant),
    "assigned_consultant": lambda r: _colleague(r.assigned_consultant),
    "closed_by": lambda r: person_name(r.closed_by_id),
    "customer": _customer,
}
# Values of the spreadsheet for columns whose page cells are HTML.
VALUES: Mapping[str, Callable[[Referral], Any]] = {
    "broker": lambda r: r.broker.name,
    "status": lambda r: choices.REFERRAL_STATE.label(r.present_state),
    "protection": protection_left,
}
LABELS = {
    "code": _("Customer code"),
    "name": _("Full name"),
    "family_name": _("Family name"),
    "given_name": _("Given name"),
    "fragment": _("Phone fragment"),
    "broker": _("Broker"),
    "broker_phone": _("Broker's phone"),
    "company": _("Broker company"),
    "project": _("Project"),
    "status": _("State"),
    "protection": _("Protection"),
    "expected_visit_at": _("Expected visit"),
    "created_at": _("Entered at"),
    "entered_by": _("Entered by"),
    "shop_category": _("Shop category"),
    "customer_type": _("Customer type"),
    "needs": _("Needs"),
    "designated_consultant": _("Designated consultant"),
    "assigned_consultant": _("Assigned consultant"),
    "reported_at": _("First reported"),
    "last_reported_at": _("Last reported"),
    "bound_at": _("Bound since"),
    "expires_at": _("Protected until"),
    "closed_on": _("Day of the deal"),
    "closed_amount": _("Amount (CNY)"),
    "closed_unit": _("Plot or unit"),
    "closed_note": _("Note"),
    "closed_by": _("Closed by"),
    "customer": _("Customer file"),
}
_CUSTOMER = (
    _("Customer"),
    {
        "fields": [
            "code", "name", "fragment", "project", "expected_visit_at", "shop_category", "customer_type",
            "designated_consultant", "created_at", "needs",
        ]
    },
)  # fmt: skip
_BROKER = (_("Broker"), {"fields": ["broker", "broker_phone", "company", "entered_by"]})
_STATE = (
    _("Reporting and protection"),
    {
        "fields": [
            "status", "protection", "assigned_consultant", "reported_at", "last_reported_at", "bound_at",
            "expires_at",
        ]
    },
)  # fmt: skip
_DEAL = (
    _("Deal"),
    {"fields": ["closed_on", "closed_amount", "closed_unit", "closed_by", "customer", "closed_note"]},
)


def sections_of(referral: Referral) -> Sequence[Any]:
    """Return the sections of the page; the deal comes first once there is one."""
    return [_DEAL, _STATE, _CUSTOMER, _BROKER] if referral.state == "closed" else [_STATE, _CUSTOMER, _BROKER]


def head_tags(referral: Referral) -> list[Any]:
    """Return the tags beside the name: state and remaining protection."""
    left = protection_cell(referral)
    return [state_tag(referral), *([left if isinstance(left, Markup) else tag(left)] if left else [])]
