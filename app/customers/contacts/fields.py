"""The fields of a contact, by their labels (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence

LABELS: Mapping[str, Sentence] = {
    "name": _("Full name"),
    "customer": _("Customer"),
    "position": _("Job title"),
    "department": _("Department"),
    "mobile": _("Mobile number"),
    "landline": _("Landline"),
    "email": _("E-mail"),
    "wechat": _("WeChat"),
    "qq": _("QQ"),
    "birthday": _("Birthday"),
    "hobbies": _("Hobbies"),
    "address": _("Address"),
    "remark": _("Remark"),
    "is_primary": _("Primary contact"),
    "created_at": _("Created"),
}
PLAIN = ("name", "position", "department", "email", "wechat", "qq", "hobbies", "address", "remark")
NUMBERS = ("mobile", "landline")
EDITABLE = (*PLAIN, *NUMBERS, "birthday")
# In the log of the customer, whose own fields have the plain names.
LOGGED: Mapping[str, Sentence] = {f"contact_{name}": label for name, label in LABELS.items()}
