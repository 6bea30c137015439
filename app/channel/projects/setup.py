"""Registration of projects with the application (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.projects import choices
from app.channel.projects.api import ProjectApi
from app.channel.projects.finding import PROJECTS
from app.channel.projects.models import Plot, Project
from app.channel.projects.operations import ON_PROJECTS, REMOVE_PICTURE, REMOVE_PLOT, REMOVE_PLOT_PICTURE
from app.channel.projects.services import name_taken, number_taken, open_plot, open_project
from app.channel.projects.views import PlotView, ProjectView
from app.kernel.api.operations import add_operation
from app.kernel.api.removals import add_removal
from app.kernel.database.transactions import refuses
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.lists.finding import declare_kind
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry, add_views

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register projects and plots."""
    declare_dictionaries(choices)
    refuses("uq_project_company_id_name", name_taken)
    refuses("uq_project_name_search", name_taken)
    refuses("uq_plot_project_id_number", number_taken)
    declare_subject(Subject(Project.__files__, "Project", open_project))
    declare_subject(Subject(Plot.__files__, "Project", open_plot))
    for action in ON_PROJECTS:
        add_operation(ProjectView, None, action)
    add_removal(ProjectView, None, REMOVE_PICTURE)
    add_operation(PlotView, None, REMOVE_PLOT)
    add_removal(PlotView, None, REMOVE_PLOT_PICTURE)
    add_menu_entry(app, "Projects", ProjectView, "fa-city", _("Projects"))
    add_views(app, PlotView)
    add_apis(app, ProjectApi)
    declare_kind(PROJECTS)
