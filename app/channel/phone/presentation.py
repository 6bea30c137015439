"""How phone pages show projects and people: pictures, maps, phone numbers (CH-1, CH-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from sqlalchemy import select

from app.channel.projects.maps import map_url
from app.channel.projects.models import Plot, Project
from app.channel.projects.queries import visible_projects
from app.kernel.database.session import db
from app.kernel.fields.texts import rich
from app.kernel.files.attachments import files_by_subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Attachment


@dataclass(frozen=True)
class Picture:
    """A picture in full size and small."""

    url: str
    small_url: str


@dataclass(frozen=True)
class PlotCard:
    """A plot with its pictures."""

    plot: Plot
    shots: list[Picture]

    @property
    def introduction(self) -> Markup:
        """Return the rich text (CH-1)."""
        return rich(self.plot.introduction)


@dataclass(frozen=True)
class ProjectCard:
    """A project with its pictures and plots."""

    project: Project
    shots: list[Picture]
    plots: list[PlotCard]

    @property
    def introduction(self) -> Markup:
        """Return the rich text (CH-1)."""
        return rich(self.project.introduction)

    @property
    def map_url(self) -> str:
        """Return the address of the map application; empty without a place (CH-1)."""
        return map_url(self.project)


def active_projects(actor: Actor) -> list[Project]:
    """List the projects that the actor may choose for a referral (CH-1)."""
    offered = visible_projects(actor).where(Project.active.is_(True)).order_by(Project.id)
    return [*db.session.scalars(offered)]


def project_cards(projects: Sequence[Project], *, with_plots: bool) -> list[ProjectCard]:
    """Return the projects with pictures and plots, in a fixed number of statements."""
    pictures = files_by_subject(Project.__files__, [one.id for one in projects])
    plots: list[Plot] = []
    if with_plots and projects:
        here = select(Plot).where(Plot.project_id.in_([one.id for one in projects]))
        plots = [*db.session.scalars(here.order_by(Plot.position, Plot.id))]
    small = files_by_subject(Plot.__files__, [plot.id for plot in plots])
    return [
        ProjectCard(
            one,
            pictures_of(pictures[one.id]),
            [PlotCard(plot, pictures_of(small[plot.id])) for plot in plots if plot.project_id == one.id],
        )
        for one in projects
    ]


def pictures_of(files: Sequence[Attachment]) -> list[Picture]:
    """Return the pictures among the files."""
    return [
        Picture(
            url_for("PhoneHomeView.picture", pk=one.id), url_for("PhoneHomeView.small_picture", pk=one.id)
        )
        for one in files
        if one.is_image
    ]


def avatar_url(person: Any) -> str:
    """Return the address of the latest small picture of a broker or visitor; empty where there is none."""
    found = pictures_of(files_by_subject(person.__files__, [person.id])[person.id])
    return found[-1].small_url if found else ""
