"""Projects in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.projects.models import Project
from app.channel.projects.queries import visible_projects
from app.channel.shared.permissions import ProjectPermission
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

PROJECT_WORDS = keep_words(WordIndex(Project, word_table("project"), ("name",)))


def _show(project: Project) -> Found:
    return Found(
        title=project.name,
        status=gettext("In use") if project.active else gettext("Out of use"),
        tone="green" if project.active else "gray",
    )


PROJECTS = Kind(
    "project",
    _("Projects"),
    "fa-building",
    "ProjectView.show",
    ProjectPermission.READ,
    PROJECT_WORDS,
    visible_projects,
    _show,
)
