"""How a referral is shown in the back office: cells, sections, and who it is (CH-7, CH-22, CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.channel import choices, faces
from app.customers.queries import openable_names
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.channel.models import Referral
    from app.org.shared.models import Staff


def _colleague(staff: Staff | None) -> str:
    return f"{staff.name} · {staff.phone}".removesuffix(" · ") if staff else ""


def _customer(referral: Referral) -> Any:
    """The customer file that the deal became, for those who can open it."""
    if referral.customer_id is None:
        return ""
    actor = current_actor()
    names = openable_names([referral.customer_id], actor) if actor.may("read", "Customer") else {}
    if referral.customer_id not in names:
        return gettext("Made; you cannot open it")
    return faces.link(names[referral.customer_id], url_for("CustomerView.show", pk=referral.customer_id))


FORMATTERS: Mapping[str, Callable[[Referral], Any]] = {
    "fragment": faces.fragments,
    "broker": lambda r: faces.broker_cell(r.broker),
    "broker_phone": lambda r: r.broker.phone,
    "company": lambda r: r.broker_company.name,
    "project": lambda r: r.project.name,
    "status": faces.state_tag,
    "protection": faces.protection_cell,
    "entered_by": lambda r: faces.person_name(r.entered_by_id),
    "shop_category": lambda r: choices.SHOP_CATEGORY.label(r.shop_category),
    "customer_type": lambda r: choices.CUSTOMER_TYPE.label(r.customer_type),
    "designated_consultant": lambda r: _colleague(r.consultant),
    "assigned_consultant": lambda r: _colleague(r.assigned_consultant),
    "closed_by": lambda r: faces.person_name(r.closed_by_id),
    "customer": _customer,
}
# What a cell of the spreadsheet holds where the page's is made for the eye.
VALUES: Mapping[str, Callable[[Referral], Any]] = {
    "broker": lambda r: r.broker.name,
    "status": lambda r: choices.REFERRAL_STATE.label(r.present_state),
    "protection": faces.protection_left,
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
    """The deal comes first once there is one."""
    return [_DEAL, _STATE, _CUSTOMER, _BROKER] if referral.state == "closed" else [_STATE, _CUSTOMER, _BROKER]


def head_tags(referral: Referral) -> list[Any]:
    """State and remaining protection beside the name."""
    left = faces.protection_cell(referral)
    return [faces.state_tag(referral), *([left if isinstance(left, Markup) else tag(left)] if left else [])]
