"""The forms of contacts; the API reads its JSON through the same ones (CUST-11)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import Email, Regexp

from app.customers.contacts.fields import LABELS
from app.kernel.fields.birthdays import BirthdayField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import VersionField, YesNoField
from app.kernel.fields.texts import LineField, PhoneField, TextField

_MAIL = Email(message=_("Not an e-mail address"))
_QQ = Regexp(r"[1-9][0-9]{4,11}$", message=_("A QQ number has 5 to 12 digits"))


class _ContactFields(BaseForm):
    """What creation and edit share."""

    name = LineField(LABELS["name"], required(at_most(60)))
    position = LineField(LABELS["position"], optional(at_most(60)))
    department = LineField(LABELS["department"], optional(at_most(60)))
    mobile = PhoneField(LABELS["mobile"], optional())
    landline = PhoneField(LABELS["landline"], optional(), description=_("With its area code"))
    email = LineField(LABELS["email"], optional(at_most(254), _MAIL))
    wechat = LineField(LABELS["wechat"], optional(at_most(60)))
    qq = LineField(LABELS["qq"], optional(_QQ))
    birthday = BirthdayField(LABELS["birthday"], [])
    hobbies = LineField(LABELS["hobbies"], optional(at_most(200)))
    address = LineField(LABELS["address"], optional(at_most(200)))
    remark = TextField(LABELS["remark"], optional(at_most(2000)))


_SECTIONS = (
    ("", ("name", "position", "department", "mobile", "landline", "email", "wechat", "qq")),
    (_("Further information"), ("birthday", "hobbies", "address", "remark")),
)


class ContactForm(_ContactFields):
    """A new contact (CUST-11)."""

    is_primary = YesNoField(
        LABELS["is_primary"], description=_("A customer has one: who was it so far is one no more")
    )
    sections = (("", (*_SECTIONS[0][1], "is_primary")), _SECTIONS[1])


class ContactEditForm(_ContactFields):
    """An edit of a contact by the API: what is not sent stays."""

    is_primary = YesNoField(LABELS["is_primary"])
    sections = (("", (*_SECTIONS[0][1], "is_primary")), _SECTIONS[1])


class ContactPageForm(_ContactFields):
    """An edit on the page, which does not show the present numbers: an empty field keeps the number.

    ``version`` is the save it began from (CUST-20).
    """

    version = VersionField(_("Version"), required())
    without_mobile = YesNoField(_("Remove the mobile number"))
    without_landline = YesNoField(_("Remove the landline"))
    sections = (
        (
            "",
            (
                "name", "position", "department", "mobile", "without_mobile", "landline", "without_landline",
                "email", "wechat", "qq",
            ),
        ),
        _SECTIONS[1],
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Return the values; a number only where one was typed or is to go."""
        found = super().values()
        for name in ("mobile", "landline"):
            if found.pop(f"without_{name}", False):
                found[name] = None
            elif not found[name]:
                del found[name]
        return found
