"""Viewing fees in the back office: the table with its totals, payment and voiding (CH-25)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.brokers.presentation import broker_cell
from app.channel.fees import forms, policies
from app.channel.fees.filters import FEES
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import FEE_PEOPLE, count_earlier_fees, get_fee, visible_fees
from app.channel.fees.services import create_fee, total_of
from app.channel.referrals.presentation import fragments, referral_cell
from app.channel.referrals.queries import get_referral
from app.channel.shared.permissions import ReferralPermission, ViewingFeePermission
from app.channel.shared.presentation import address_of, person_name
from app.kernel.access.current import current_actor
from app.kernel.errors import NotFound
from app.kernel.files.attachments import files_by_subject
from app.kernel.pages.files import file_link
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import NOTHING, tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select

    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Attachment
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


def _status(fee: ViewingFee) -> Markup:
    return tag(gettext("Voided"), "red") if fee.is_void else tag(gettext("Valid"), "green")


class FeeView(ScopedModelView):
    """Fees are paid once a visit, never edited, voided with a reason; page and API share the columns here."""

    datamodel = SQLAInterface(ViewingFee)
    route_base = "/viewing-fees"
    class_permission_name = "ViewingFee"
    include_route_methods = {"list", "show", "tab", "add"}
    scope = staticmethod(visible_fees)
    spec = FEES
    list_options = FEE_PEOPLE
    detail_tabs = (OFFICE_LOG_TAB,)
    list_title = _("Viewing fees")
    add_title = _("New viewing fee")
    empty_text = _("No viewing fee yet; the channel secretary pays one from the customer's page")
    list_columns = [
        "amount", "broker", "phone", "company", "code", "name", "fragment", "created_at", "screenshot",
        "status", "voided_at", "void_reason",
    ]  # fmt: skip
    number_columns = frozenset({"amount"})
    wide_columns = frozenset({"void_reason"})
    page_only = frozenset({"screenshot"})
    label_columns = {
        "amount": _("Amount"),
        "broker": _("Broker"),
        "phone": _("Broker's phone"),
        "company": _("Broker company"),
        "code": _("Customer code"),
        "name": _("Full name"),
        "fragment": _("Phone fragment"),
        "created_at": _("Created"),
        "created_by": _("Paid by"),
        "screenshot": _("Screenshot of the payment"),
        "status": _("State"),
        "voided_at": _("Voided at"),
        "voided_by": _("Voided by"),
        "void_reason": _("Reason of voiding"),
    }
    formatters_columns = {
        "amount": lambda fee: fee.amount,
        "broker": lambda fee: broker_cell(fee.broker),
        "phone": lambda fee: fee.broker.phone,
        "company": lambda fee: fee.broker_company.name,
        "code": lambda fee: referral_cell(fee.referral),
        "name": lambda fee: fee.referral.name,
        "fragment": lambda fee: fragments(fee.referral),
        "created_by": lambda fee: fee.created_by.display_name,
        "voided_by": lambda fee: person_name(fee.voided_by_id),
        "status": _status,
    }
    export_values = {
        "broker": lambda fee: fee.broker.name,
        "code": lambda fee: fee.referral.code,
    }
    show_fieldsets = [
        (
            _("Viewing fee"),
            {"fields": ["amount", "created_at", "created_by", "broker", "phone", "company"]},
        ),
        (_("Customer"), {"fields": ["code", "name", "fragment"]}),
        (_("Payment"), {"fields": ["screenshot", "status", "voided_at", "voided_by", "void_reason"]}),
    ]

    def get_record(self, pk: int, actor: Actor) -> ViewingFee:
        return get_fee(pk, actor=actor)

    def record_title(self, record: ViewingFee) -> str:
        return gettext("Viewing fee of %(amount)s yuan", amount=f"{record.amount:,.2f}")

    def record_tags(self, record: ViewingFee) -> list[Any]:
        return [_status(record)]

    def sums_of(self, result: Select[Any]) -> Mapping[str, Any]:
        """Return the total paid, without voided fees."""
        return {"amount": total_of(result)}

    def cells_of(self, records: Sequence[ViewingFee], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the screenshots of the rows."""
        found = files_by_subject(ViewingFee.__files__, [record.id for record in records])
        return {record.id: {"screenshot": _pictures(found[record.id])} for record in records}

    def is_struck(self, record: ViewingFee) -> bool:
        """Strike voided fees through in the table."""
        return record.is_void

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        """Return the button that voids a fee, once only."""
        return operation_offers(self, actor)

    def detail_buttons(self, record: ViewingFee, actor: Actor, facts: Any) -> list[Button]:
        return operation_buttons(self, actor, record, facts)

    @expose("/new", methods=["GET", "POST"])
    @permitted(ViewingFeePermission.CREATE)
    def add(self) -> Any:
        """Show the form for the customer of the address: ``?referral_id=…``."""
        actor = current_actor()
        referral = _asked_referral(actor)
        policies.can_pay_fee(actor, referral).enforce()
        form = forms.FeePageForm(data={"token": secrets.token_urlsafe(16)})
        back = address_of("ReferralView", ReferralPermission.READ, referral.id)
        return run_form(
            form,
            title=f"{self.add_title} — {referral.name} · {referral.code}",
            back_url=back or url_for("FeeView.list"),
            submit=lambda values: create_fee(referral_id=referral.id, actor=actor, **values),
            done_url=lambda fee: f"{back}#fees" if back else self.record_url(fee),
            submit_label=_("Save the payment"),
            hint=_earlier_payments(referral),
        )

    add._takes_files = True


def _asked_referral(actor: Actor) -> Referral:
    """Return the referral that the address names."""
    try:
        pk = read_id(request.args.get("referral_id", ""))
    except ValueError:
        raise NotFound from None
    return get_referral(pk, actor=actor)


def _earlier_payments(referral: Referral) -> str:
    """Say which broker is paid, and what this customer has already cost under any code (CH-23)."""
    broker = f"{referral.broker.name} {referral.broker.phone} · {referral.broker_company.name}"
    parts = [gettext("Paid to %(broker)s.", broker=broker)]
    number, amount = count_earlier_fees(referral)
    if number:
        parts.append(
            gettext(
                "For this customer, under all codes, %(n)s fees of together %(amount)s yuan were paid.",
                n=number,
                amount=f"{amount:,.2f}",
            )
        )
    return " ".join(parts)


def _pictures(files: Sequence[Attachment]) -> Markup:
    """Show small screenshots that open in full size, in the page (OFF-15)."""
    shot = Markup('<a class="shot" href="{}" data-picture="{}"><img src="{}" alt="{}" loading="lazy"></a>')
    links, name = [file_link(one) for one in files], gettext("Screenshot of the payment")
    shown = [shot.format(one.url, name, one.thumbnail_url, name) for one in links]
    return Markup("<span data-pictures>{}</span>").format(Markup("").join(shown)) if shown else NOTHING
