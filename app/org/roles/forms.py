"""Forms of roles; the API reads its JSON through the same ones (ACC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.fields.choices import ChoiceField, ReferenceField, ReferencesField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.org.roles.models import SCOPE_KIND
from app.org.roles.names import role_label
from app.org.shared.fields import departments_field, options_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Field


def role_name(pk: int) -> str:
    """Return a role's label."""
    return role_names([pk]).get(pk, "")


def role_names(pks: Iterable[int]) -> dict[int, str]:
    """Return roles' labels, by id."""
    rows = db.session.execute(select(Role.id, Role.name).where(Role.id.in_(list(pks))))
    return {pk: role_label(name) for pk, name in rows}


def role_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a role."""
    return ReferenceField(label, validators, url=options_url("roles"), name_of=role_name, **kwargs)


def roles_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for several roles of staff."""
    url = options_url("roles", staff=1)
    return ReferencesField(label, validators, url=url, names_of=role_names, **kwargs)


class ScopeForm(BaseForm):
    """The data scope of a role (ACC-4)."""

    kind = ChoiceField(_("Data scope"), SCOPE_KIND, required())
    department_ids = departments_field(
        _("Chosen departments"),
        optional(),
        render_kw={"data-show-when": "kind=custom", "data-star-when": "kind=custom"},
    )


class RoleForm(ScopeForm):
    """A role that an administrator makes."""

    name = LineField(_("Name"), required(at_most(60)))
    like_id = role_field(_("Permissions as"), optional(), description=_("Left empty: none at first"))

    sections = (("", ("name", "like_id", "kind", "department_ids")),)
