"""Forms of broker companies; the API reads its JSON through the same ones (CH-2)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField, PhoneField


class CompanyForm(BaseForm):
    """A broker company (CH-2)."""

    name = LineField(_("Name"), required(at_most(120)))
    contact = LineField(_("Contact"), optional(at_most(60)))
    phone = PhoneField(_("Phone"), optional())
    address = LineField(_("Address"), optional(at_most(200)))


class CompanyEditForm(CompanyForm):
    """The details of a broker company, and whether it is in use (CH-2)."""

    active = YesNoField(_("In use"))
