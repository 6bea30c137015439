"""Filters and sort orders of the list of property consultants (CH-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.channel.projects.fields import project_name
from app.channel.projects.models import ProjectMember
from app.channel.shared.fields import options_url
from app.kernel.fields.phones import phone_part
from app.kernel.lists.filters import ContainsFilter, ReferenceFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


_ST = Staff.__table__.c
_M = ProjectMember.__table__.c


class AtProjectFilter(ReferenceFilter):
    """Filters consultants by one project."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        here = select(_M.staff_id).where(_M.duty == "consultant", _M.project_id == value)
        return statement.where(self.column.in_(here))


CONSULTANTS = ListSpec(
    filters=(
        ContainsFilter("name", _("Full name"), _ST.name),
        TextFilter(
            "phone", _("Phone"), lambda text, _actor: _ST.phone.contains(phone_part(text), autoescape=True)
        ),
        AtProjectFilter("project_id", _("Project"), _ST.id, options_url("projects"), project_name),
    ),
    orders={"created_at": _ST.created_at},
    default_order="-created_at",
)
