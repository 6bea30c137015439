"""Codes of instalments and receipts (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

PAYMENT_STATUS = Dictionary(
    "payment_statuses",
    {
        "open": _("Not due yet"),
        "partly_paid": _("Partly paid"),
        "overdue": _("Overdue"),
        "paid": _("Paid in full"),
    },
    {"open": "gray", "partly_paid": "gold", "overdue": "red", "paid": "green"},
    title=_("States of instalments"),
)
RECEIPT_METHOD = Dictionary(
    "receipt_methods",
    {
        "transfer": _("Bank transfer"),
        "cash": _("Cash"),
        "cheque": _("Cheque"),
        "letter_of_credit": _("Letter of credit"),
        "wechat_pay": _("WeChat Pay"),
        "alipay": _("Alipay"),
        "other": _("Other"),
    },
    title=_("Ways of receipts"),
    editable=True,
)
