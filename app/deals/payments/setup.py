"""Registration of instalments and receipts with the application (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.services import ExportRecorder
from app.customers.shared.parts import register_parts
from app.deals.contracts.api import ContractApi
from app.deals.contracts.parts import on_closed
from app.deals.contracts.views import ContractView
from app.deals.credit.parts import declare_overdue
from app.deals.payments import choices, settings
from app.deals.payments.api import PaymentApi
from app.deals.payments.hanging import close_payment_reminders
from app.deals.payments.jobs import remind_of_deals
from app.deals.payments.models import Payment
from app.deals.payments.operations import ON_PAYMENTS, PLAN
from app.deals.payments.permissions import PaymentPermission, PlanPermission
from app.deals.payments.queries import overdue_amounts
from app.deals.payments.services import corrected
from app.deals.payments.tabs import CONTRACT_TAB, PAYMENTS
from app.deals.payments.views import PaymentView
from app.deals.payments.work import WORK
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.exports.views import offer_export
from app.kernel.jobs.registry import Job, daily, register_job
from app.kernel.pages.work import declare_work
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register instalments, and add them to contracts and customers."""
    declare_settings(settings)
    declare_dictionaries(choices)
    grant([PaymentPermission.READ, PaymentPermission.EXPORT], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant([PaymentPermission.CREATE, PaymentPermission.UPDATE], CUSTOMER_WORKERS)
    grant([PaymentPermission.RECEIVE, PaymentPermission.TAKE_BACK], [*CUSTOMER_WORKERS, FINANCE])
    grant([PlanPermission.PLAN], CUSTOMER_WORKERS)
    refuses("uq_receipt_corrects", corrected)
    declare_overdue(overdue_amounts)
    on_closed(close_payment_reminders)
    add_operation(ContractView, ContractApi, PLAN)
    for action in ON_PAYMENTS:
        add_operation(PaymentView, PaymentApi, action)
    if CONTRACT_TAB not in ContractView.detail_tabs:
        ContractView.detail_tabs = (CONTRACT_TAB, *ContractView.detail_tabs)
    register_parts(PAYMENTS)
    register_record_page(Payment.__audit__, _page_of)
    declare_notice_kind(NoticeKind(Payment.__audit__, _("Payments"), needs=PaymentPermission.READ))
    offer_export(PaymentView, PaymentApi, ExportRecorder("payment.export"), begin_export)
    register_job(
        Job("remind_of_deals", _("Remind of contracts and instalments"), daily(7, 10), remind_of_deals)
    )
    declare_work(*WORK)
    add_menu_entry(app, "Payments", PaymentView, "fa-money-bill-wave", _("Payments"))
    add_apis(app, PaymentApi)


def _page_of(pk: int) -> str:
    return url_for("PaymentView.show", pk=pk) if current_actor().may(PaymentPermission.READ) else ""
