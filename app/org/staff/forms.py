"""Forms of staff; the API reads its JSON through the same ones (ACC-2)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import Regexp

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField, PhoneField
from app.org.accounts.forms import FirstPasswordField, FirstPasswordForm, SecretField
from app.org.roles.forms import roles_field
from app.org.sessions.passwords import MAX_LENGTH
from app.org.shared.fields import department_field, districts_field

_LOGIN = Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$",
    message=_("2 to 64 letters, digits or one of . _ - @; a letter or digit first"),
)
_NUMBER = Regexp(r"[A-Za-z0-9-]{1,24}$", message=_("At most 24 letters, digits and hyphens"))


class OrganiseForm(BaseForm):
    """The department, roles and responsible districts of a member of staff (ACC-2)."""

    department_id = department_field(_("Department"), required(), in_scope=True)
    role_ids = roles_field(_("Roles"), required())
    district_ids = districts_field(_("Responsible districts"), optional())


class NewcomerForm(FirstPasswordForm):
    """A new person with a login account (ACC-2)."""

    username = LineField(_("Login name"), required(_LOGIN))
    name = LineField(_("Full name"), required(at_most(60)))
    phone = PhoneField(_("Phone"), optional())
    employee_no = LineField(
        _("Employee number"), optional(_NUMBER), description=_("Left empty, the system gives the next one")
    )


class StaffForm(NewcomerForm, OrganiseForm):
    """A new member of staff (ACC-2)."""

    sections = (
        (_("Person"), ("name", "phone", "employee_no")),
        (_("Place"), ("department_id", "role_ids", "district_ids")),
        (_("Sign-in"), ("username", "password")),
    )


class RenameForm(BaseForm):
    """The name of a member of staff, spelt right (ACC-2)."""

    name = LineField(_("Full name"), required(at_most(60)))


class StaffEditForm(BaseForm):
    """The phone and the password of a member of staff (ACC-2)."""

    phone = PhoneField(_("Phone"), optional())
    present_password = SecretField(
        _("Your present password"),
        optional(at_most(MAX_LENGTH)),
        description=_("Asked for only when you change your own phone"),
        render_kw={"autocomplete": "current-password"},
    )
    password = FirstPasswordField(
        _("New password"),
        optional(at_most(MAX_LENGTH)),
        description=_(
            "Left empty: unchanged. Otherwise it ends all sessions and has to be changed at sign-in"
        ),
    )


def staff_edit_form(*, own: bool, **kwargs: Any) -> StaffEditForm:
    """Return the form as it is shown: to the person of the record without a new password, which is changed on
    the page of one's own; to others without the present one (ACC-18).
    """
    form = StaffEditForm(**kwargs)
    if own:
        del form.password
    else:
        del form.present_password
    return form
