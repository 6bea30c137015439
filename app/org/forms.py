"""Forms of the organisation and of one's own account; the API reads its JSON through the same ones."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import EqualTo, Regexp

from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.texts import LineField, PhoneField
from app.kernel.fields.validators import at_most, optional, required
from app.org.fields import (
    FirstPasswordField,
    SecretField,
    company_field,
    department_field,
    departments_field,
    district_field,
    districts_field,
    member_field,
    role_field,
    roles_field,
)
from app.org.models import SCOPE_KIND
from app.org.passwords import MAX_LENGTH

_PRESENT, _NEW = {"autocomplete": "current-password"}, {"autocomplete": "new-password"}
_LOGIN = Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$",
    message=_("2 to 64 letters, digits or one of . _ - @; a letter or digit first"),
)
_NUMBER = Regexp(r"[A-Za-z0-9-]{1,24}$", message=_("At most 24 letters, digits and hyphens"))
_CODE = Regexp(r"[A-Za-z0-9-]{1,12}$", message=_("At most 12 letters, digits and hyphens"))


def _password(label: Any, **kwargs: Any) -> SecretField:
    return SecretField(label, required(at_most(MAX_LENGTH)), **kwargs)


class CodeForm(BaseForm):
    """The second step of signing in: the authenticator's code, or a recovery code."""

    code = LineField(_("One-time code"), required(at_most(20)))


class PasswordForm(BaseForm):
    """One's own new password (ACC-13)."""

    old_password = _password(_("Present password"), render_kw=_PRESENT)
    new_password = _password(_("New password"), render_kw=_NEW)


class PasswordPageForm(PasswordForm):
    """On the page the new password is typed twice."""

    repeated = _password(_("New password again"), render_kw=_NEW)

    sections = (("", ("old_password", "new_password", "repeated")),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        different = EqualTo("new_password", message=_("The two passwords differ"))
        self.repeated.validators = [*self.repeated.validators, different]


class SecondFactorForm(BaseForm):
    """Confirms that the authenticator took the secret (ACC-12)."""

    sealed = HiddenField()
    code = LineField(
        _("One-time code"), required(at_most(20)), description=_("The six digits that the app shows")
    )


class OwnPasswordForm(BaseForm):
    """The present password, before something that weighs as much."""

    password = _password(_("Present password"), render_kw=_PRESENT)


class FirstPasswordForm(BaseForm):
    """A password that the administrator sets for somebody else (ACC-13)."""

    password = FirstPasswordField(
        _("First password"),
        required(at_most(MAX_LENGTH)),
        description=_("Tell it to the person; it has to be changed at the first sign-in"),
    )


class CompanyForm(BaseForm):
    """A legal entity (ACC-1)."""

    name = LineField(_("Name"), required(at_most(120)))


class DepartmentEditForm(BaseForm):
    """What may change about a department where it stands (ACC-1)."""

    name = LineField(_("Name"), required(at_most(120)))
    manager_id = member_field(_("Manager"), optional())
    district_ids = districts_field(_("Responsible districts"), optional())


class DepartmentForm(DepartmentEditForm):
    """A new department (ACC-1)."""

    parent_id = department_field(_("Above it"), optional(), description=_("Left empty: at the company's top"))
    company_id = company_field(
        _("Company"), optional(), description=_("Needed only for a department at the top")
    )

    sections = (("", ("name", "parent_id", "company_id", "manager_id", "district_ids")),)


class DepartmentMoveForm(BaseForm):
    """Where a department with everything below it goes (ACC-1)."""

    parent_id = department_field(_("Above it"), optional(), description=_("Left empty: at the company's top"))


class DistrictEditForm(BaseForm):
    """Name and place of a district."""

    name = LineField(_("Name"), required(at_most(60)))
    parent_id = district_field(_("Above it"), optional())


class DistrictForm(DistrictEditForm):
    """A new district."""

    code = LineField(
        _("Code"), required(_CODE), description=_("Never changes; the official code, where there is one")
    )

    sections = (("", ("code", "name", "parent_id")),)


class OrganiseForm(BaseForm):
    """Department, roles and responsible districts of somebody (ACC-2)."""

    department_id = department_field(_("Department"), required())
    role_ids = roles_field(_("Roles"), required())
    district_ids = districts_field(_("Responsible districts"), optional())


class NewcomerForm(FirstPasswordForm):
    """Somebody new with a login account (ACC-2)."""

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


class StaffEditForm(BaseForm):
    """The ordinary edit of staff: phone and password (ACC-2)."""

    phone = PhoneField(_("Phone"), optional())
    password = FirstPasswordField(
        _("New password"),
        optional(at_most(MAX_LENGTH)),
        description=_(
            "Left empty: unchanged. Otherwise it ends all sessions and has to be changed at sign-in"
        ),
    )


class ScopeForm(BaseForm):
    """The data scope of a role (ACC-4)."""

    kind = ChoiceField(_("Data scope"), SCOPE_KIND, required())
    department_ids = departments_field(
        _("Chosen departments"), optional(), render_kw={"data-show-when": "kind=custom"}
    )


class RoleForm(ScopeForm):
    """A role of the administrator's own."""

    name = LineField(_("Name"), required(at_most(60)))
    like_id = role_field(_("Permissions as"), optional(), description=_("Left empty: none at first"))

    sections = (("", ("name", "like_id", "kind", "department_ids")),)
