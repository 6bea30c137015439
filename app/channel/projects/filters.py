"""Filters and sort orders of the lists of projects and plots (CH-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.projects.models import Plot, Project
from app.kernel.lists.filters import ContainsFilter, FlagFilter
from app.kernel.lists.requests import ListSpec

PROJECTS = ListSpec(
    filters=(
        ContainsFilter("name", _("Name"), Project.__table__.c.name),
        FlagFilter("active", _("In use"), lambda: Project.__table__.c.active.is_(True)),
    ),
    orders={"created_at": Project.__table__.c.created_at},
    default_order="-created_at",
)
PLOTS = ListSpec(filters=(), orders={"id": Plot.__table__.c.id}, default_order="id")
