"""Forms that reveal or change a number; the API reads its JSON through the same ones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import PhoneField, SuggestField


class RevealForm(BaseForm):
    """Why the number is needed (ACC-10)."""

    purpose = SuggestField(_("Purpose"), choices.REVEAL_PURPOSE, required(at_most(200)))


class FirstPhoneForm(BaseForm):
    """The number of a customer that has none (CUST-21)."""

    new_phone = PhoneField(_("New number"), required())


class ChangePhoneForm(FirstPhoneForm):
    """The present number, where there is one, and the new one (POOL-6)."""

    old_phone = PhoneField(
        _("Present number"), optional(), description=_("Complete; where there is one it has to be right")
    )

    sections = (("", ("old_phone", "new_phone")),)


class KnownPhoneForm(ChangePhoneForm):
    """The same for a customer that has a number (POOL-6)."""

    old_phone = PhoneField(_("Present number"), required())
