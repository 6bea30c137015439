"""Projects, their plots, pictures and people (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select

from app.audit import services as audit
from app.channel.projects import choices, policies
from app.channel.projects.models import Plot, Project, ProjectMember
from app.channel.projects.queries import get_project, visible_projects
from app.channel.shared.codes import NOT_OFFERED
from app.channel.shared.permissions import ProjectPermission
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, NotFound, conflict
from app.kernel.fields.texts import sanitise
from app.kernel.files.attachments import Attachment, files_of, get_file, keep
from app.kernel.folding import search_key
from app.kernel.text import clean_line
from app.kernel.translation import N_
from app.org.departments.queries import companies_of
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload


def choose_project(pk: int | None, actor: Actor) -> Project:
    """Return the project with this id, or the only active one when no id is given (CH-1).

    :raises Invalid: when it cannot be chosen, or when several are active and no id is given.
    :raises Denied: ``project.none_active``.
    """
    offered = visible_projects(actor).where(Project.active.is_(True)).order_by(Project.id)
    if pk is not None:
        named = db.session.scalars(offered.where(Project.id == pk)).one_or_none()
        if named is None:
            raise Invalid(project_id=NOT_OFFERED)
        return named
    found = db.session.scalars(offered.limit(2)).all()
    if not found:
        conflict("project.none_active", _("No project takes customers now")).enforce()
    if len(found) > 1:
        raise Invalid(project_id=_("This field is required"))
    return found[0]


MAX_PICTURES = 30
MAX_TAGS = 20
MAX_TAG = 20
_LINES = {"name": 120, "address": 200, "service_phone": 24, "number": 40}


@transactional
def create_project(*, company_id: int, name: str, actor: Actor, **fields: Any) -> Project:
    """Create a project of one of our companies, active by default.

    ``fields``: ``address``, ``longitude``, ``latitude``, ``introduction``, ``features``, ``service_phone``,
    ``active``.

    :raises Invalid: for what cannot be accepted.
    :raises Denied: 403 by rule; ``project.name_taken``.
    """
    values = _read({"name": name, **fields})
    known = db.session.scalars(companies_of(actor).with_only_columns(companies_of(actor).selected_columns.id))
    if company_id not in set(known):
        raise Invalid(company_id=_("Not one of the choices"))
    policies.can_keep_projects(actor, ProjectPermission.CREATE).enforce()
    _refuse_taken(company_id, values["name"])
    project = Project(company_id=company_id, created_at=clock.now(), **values)
    db.session.add(project)
    db.session.flush()
    audit.record(actor, "project.create", project, N_("Project %(name)s created"), name=project.name)
    return project


@transactional
def edit_project(pk: int, *, actor: Actor, **fields: Any) -> Project:
    """Change a project; ``active`` False removes it from the phone pages.

    :raises Invalid: for what cannot be accepted.
    :raises Denied: 403 by rule; ``project.name_taken``.
    """
    project = get_project(pk, actor=actor, lock=True)
    values = _read(fields)
    policies.can_keep_projects(actor).enforce()
    if values.get("name", project.name) != project.name:
        _refuse_taken(project.company_id, values["name"], exclude=pk)
    _apply(project, values, "project.edit", N_("Project edited"), actor)
    return project


@transactional
def create_plot(project_id: int, *, number: str, actor: Actor, **fields: Any) -> Plot:
    """Create a plot. ``fields``: ``tags``, ``introduction``, ``position``.

    :raises Denied: 403 by rule; ``plot.number_taken``.
    """
    project = get_project(project_id, actor=actor, lock=True)
    values = _read({"number": number, **fields})
    policies.can_keep_projects(actor).enforce()
    plot = Plot(company_id=project.company_id, project_id=project.id, project=project, **values)
    db.session.add(plot)
    db.session.flush()
    audit.record(actor, "plot.create", plot, N_("Plot %(number)s created"), number=plot.number)
    return plot


@transactional
def edit_plot(pk: int, *, actor: Actor, **fields: Any) -> Plot:
    """Change a plot.

    :raises Denied: 403 by rule; ``plot.number_taken``.
    """
    plot = get_plot(pk, actor=actor)
    values = _read(fields)
    policies.can_keep_projects(actor).enforce()
    _apply(plot, values, "plot.edit", N_("Plot edited"), actor)
    return plot


@transactional
def delete_plot(pk: int, *, actor: Actor) -> Plot:
    """Delete a plot with its pictures; its log stays."""
    plot = get_plot(pk, actor=actor)
    policies.can_delete_plot(actor, plot).enforce()
    for picture in db.session.scalars(files_of(Plot.__files__, [plot.id])):
        picture.remove(actor)
    audit.record(actor, "plot.delete", plot, N_("Plot %(number)s deleted"), number=plot.number)
    db.session.delete(plot)
    return plot


def get_plot(pk: int, *, actor: Actor) -> Plot:
    """Return a plot of a project that the actor can open.

    :raises NotFound: when out of reach.
    """
    plot = db.session.get(Plot, pk)
    if plot is None:
        raise NotFound
    get_project(plot.project_id, actor=actor)
    return plot


@transactional
def assign_members(pk: int, *, duty: str, staff_ids: Collection[int], actor: Actor) -> Project:
    """Set which colleagues scan (``onsite``) or receive (``consultant``) at the project: exactly these.

    :raises Invalid: for a person who is no active colleague of the project's company.
    """
    project = get_project(pk, actor=actor, lock=True)
    wanted = set(staff_ids)
    statement = select(Staff.id, Staff.name).where(
        Staff.id.in_(wanted), Staff.status == "active", Staff.company_id == project.company_id
    )
    names: dict[int, str] = dict(db.session.execute(statement).all())
    if duty not in choices.DUTY or set(names) != wanted:
        raise Invalid(staff_ids=_("Not one of the choices"))
    policies.can_assign_staff(actor, project).enforce()
    here = (ProjectMember.project_id == pk, ProjectMember.duty == duty)
    present = set(db.session.scalars(select(ProjectMember.staff_id).where(*here)))
    gone = present - wanted
    if present == wanted:
        return project
    db.session.execute(delete(ProjectMember).where(*here, ProjectMember.staff_id.in_(gone)))
    db.session.add_all(
        ProjectMember(
            project_id=pk, duty=duty, staff_id=one, company_id=project.company_id, created_at=clock.now()
        )
        for one in sorted(wanted - present)
    )
    audit.record(actor, "project.staff", project, N_("Staff assigned"), {duty: (len(present), len(wanted))})
    return project


@transactional
def assign_staff(
    pk: int, *, onsite_ids: Collection[int], consultant_ids: Collection[int], actor: Actor
) -> Project:
    """Set both duties at once, as one form has them.

    :raises Invalid: for a person who is no active colleague of the project's company.
    """
    for duty, field, wanted in (
        ("onsite", "onsite_ids", onsite_ids),
        ("consultant", "consultant_ids", consultant_ids),
    ):
        try:
            project = assign_members(pk, duty=duty, staff_ids=wanted, actor=actor)
        except Invalid as error:
            raise Invalid(**{field: error.fields["staff_ids"]}) from None
    return project


@transactional
def add_project_pictures(pk: int, *, pictures: Sequence[Upload], actor: Actor) -> Project:
    """Add pictures to a project."""
    project = get_project(pk, actor=actor, lock=True)
    add_pictures(project, pictures=pictures, actor=actor)
    return project


@transactional
def add_plot_pictures(pk: int, *, pictures: Sequence[Upload], actor: Actor) -> Plot:
    """Add pictures to a plot."""
    plot = get_plot(pk, actor=actor)
    add_pictures(plot, pictures=pictures, actor=actor)
    return plot


@transactional
def add_pictures(subject: Project | Plot, *, pictures: Sequence[Upload], actor: Actor) -> list[Attachment]:
    """Add pictures to a project or plot; other files are refused.

    :raises Invalid: for what is no picture, or too many of them.
    """
    if not pictures or any(one.thumbnail is None for one in pictures):
        raise Invalid(pictures=_("Pictures only"))
    policies.can_add_pictures(actor, subject).enforce()
    present = files_of(subject.__files__, [subject.id]).with_only_columns(func.count()).order_by(None)
    if (db.session.scalar(present) or 0) + len(pictures) > MAX_PICTURES:
        conflict("project.too_many_pictures", _("At most %(n)s pictures", n=MAX_PICTURES)).enforce()
    made = [keep(one, subject, actor) for one in pictures]
    audit.record(actor, f"{subject.__audit__}.add_files", subject, N_("Pictures added"))
    return made


@transactional
def remove_project_picture(pk: int, *, file_id: int, actor: Actor) -> Attachment:
    """Remove a picture of a project."""
    return remove_picture(get_project(pk, actor=actor, lock=True), file_id=file_id, actor=actor)


@transactional
def remove_plot_picture(pk: int, *, file_id: int, actor: Actor) -> Attachment:
    """Remove a picture of a plot."""
    return remove_picture(get_plot(pk, actor=actor), file_id=file_id, actor=actor)


@transactional
def remove_picture(subject: Project | Plot, *, file_id: int, actor: Actor) -> Attachment:
    """Remove a picture.

    :raises NotFound: when it is no picture of this record.
    """
    found = get_file(file_id, actor=actor)
    if (found.subject_kind, found.subject_id) != (subject.__files__, subject.id):
        raise NotFound
    policies.can_remove_pictures(actor, subject).enforce()
    found.remove(actor)
    audit.record(actor, f"{subject.__audit__}.remove_file", subject, N_("Picture removed"))
    return found


def _apply(
    record: Project | Plot, values: dict[str, Any], operation: str, message: str, actor: Actor
) -> None:
    before = {name: getattr(record, name) for name in values}
    changed = {name: (before[name], value) for name, value in values.items() if before[name] != value}
    for name, (_old, value) in changed.items():
        setattr(record, name, value)
    if changed:
        shown = {name: pair for name, pair in changed.items() if name != "introduction"}
        audit.record(actor, operation, record, message, shown)


def _read(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    for name, most in _LINES.items():
        if name in values:
            values[name] = clean_line(values[name] or "")
            if len(values[name]) > most:
                raise Invalid(**{name: _("At most %(n)s characters", n=most)})
    for name in ("name", "number"):
        if name in values and not values[name]:
            raise Invalid(**{name: _("This field is required")})
    for name in {"features", "tags"} & values.keys():
        values[name] = _read_tags(name, values[name] or ())
    if "introduction" in values:
        values["introduction"] = sanitise(values["introduction"] or "")
    _check_place(values)
    return values


def _check_place(values: dict[str, Any]) -> None:
    for name, most in (("longitude", 180), ("latitude", 90)):
        if values.get(name) is not None and not -most <= values[name] <= most:
            raise Invalid(**{name: _("Not an acceptable value")})


def _read_tags(field: str, given: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(filter(None, (clean_line(one) for one in given))))
    if len(tags) > MAX_TAGS or any(len(one) > MAX_TAG for one in tags):
        raise Invalid(**{field: _("At most %(n)s tags of %(m)s characters", n=MAX_TAGS, m=MAX_TAG)})
    return tags


def _refuse_taken(company_id: int, name: str, *, exclude: int = 0) -> None:
    same = select(Project.id).where(
        Project.company_id == company_id,
        Project.name_search == search_key(name),
        Project.id != exclude,
    )
    if db.session.scalar(same.limit(1)) is not None:
        name_taken().enforce()


def name_taken() -> Decision:
    """Refuse a name that is taken."""
    return conflict("project.name_taken", _("There is a project of this name"), field="name")


def number_taken() -> Decision:
    """Refuse a number that is taken."""
    return conflict("plot.number_taken", _("There is a plot of this number"), field="number")


def open_project(pk: int, actor: Actor) -> Project:
    """Return the project of a picture if the actor can open it."""
    return get_project(pk, actor=actor)


def open_plot(pk: int, actor: Actor) -> Plot:
    """Return the plot of a picture if the actor can open it."""
    return get_plot(pk, actor=actor)
