"""Fields that name projects and plots, chosen by remote search (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.channel.projects.models import Project
from app.channel.projects.queries import offered_consultants, visible_consultants, visible_projects
from app.channel.shared.fields import names_of, options_url
from app.kernel.fields.choices import ReferenceField, ReferencesField
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from wtforms import Field


project_names = names_of(visible_projects, Project)
_kept_consultants = names_of(visible_consultants, Staff)
_offered_consultants = names_of(offered_consultants, Staff)


def project_name(pk: int) -> str:
    """Return a project's name."""
    return project_names([pk]).get(pk, "")


def consultant_name(pk: int) -> str:
    """Return a consultant's name; a departed one's only for those who manage consultants."""
    return _offered_consultants([pk]).get(pk) or _kept_consultants([pk]).get(pk, "")


def project_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for an active project."""
    return ReferenceField(
        label, validators, url=options_url("projects", usable=1), name_of=project_name, **kwargs
    )


def projects_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for several projects."""
    return ReferencesField(label, validators, url=options_url("projects"), names_of=project_names, **kwargs)


def consultant_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a consultant of a project where the actor works."""
    return ReferenceField(
        label, validators, url=options_url("consultants"), name_of=consultant_name, **kwargs
    )
