"""Files that belong to records (PLAT-10).

A row stores the record of a file, its name and the place of its content.  A file is reached only through its
record: each kind of record with files declares how it is opened, and a user who cannot open the record gets
no file.  Removing keeps row and content, so that the log stays true; only retention deletes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.access.guard import scoped, unscoped
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model, db
from app.kernel.database.transactions import end_reading
from app.kernel.errors import NotFound
from app.kernel.files import images, storage
from app.kernel.files import types as filetypes
from app.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import AnyPermission
    from app.kernel.errors import Sentence


MAX_BYTES = 40 * 1024 * 1024  # a photo of today's phones with all its pixels (OFF-15)
MAX_FILES = 10
_MAX_NAME = 120
_SEPARATORS = re.compile(r"[/\\]")
_ABANDONED_AFTER = timedelta(days=1)


class Attachment(Model):
    """A file of a record.  ``storage_name`` is the name in storage; ``name`` is the displayed one."""

    __tablename__ = "attachment"
    __guarded__ = True
    __table_args__ = (
        Index("ix_attachment_subject", "subject_kind", "subject_id", "created_at", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    subject_kind: Mapped[str] = mapped_column(String(24), nullable=False)
    subject_id: Mapped[int] = mapped_column(BigInteger, nullable=False)
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    media_type: Mapped[str] = mapped_column(String(100), nullable=False)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(String(64), nullable=False)
    storage_name: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    thumbnail_name: Mapped[str | None] = mapped_column(String(40))
    uploader_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    uploader_name: Mapped[str] = mapped_column(String(128), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    @property
    def is_image(self) -> bool:
        """May be shown in the page."""
        return self.thumbnail_name is not None

    def remove(self, actor: Actor) -> None:
        """Hide the file from everyone; row and content stay."""
        self.removed_at, self.removed_by_id = clock.now(), actor.id


@dataclass(frozen=True)
class Subject:
    """A kind of record that has files: the permission to use it, and the function that opens one record.

    ``get(id, actor)`` raises :class:`NotFound` for a record that does not exist or is outside the actor's
    scope.
    """

    kind: str
    resource: str
    get: Callable[[int, Actor], Any]


_subjects: dict[str, Subject] = {}


def declare_subject(subject: Subject) -> Subject:
    """Declare that this kind of record has files."""
    _subjects[subject.kind] = subject
    return subject


class UnacceptableError(ValueError):
    """A refused file, with the reason."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Upload:
    """A file that was checked and may be stored."""

    name: str
    media_type: str
    content: IO[bytes]
    thumbnail: IO[bytes] | None = None


def identify(name: str, content: IO[bytes], *, images_only: bool = False) -> tuple[str, filetypes.FileType]:
    """Check the size of a submitted file and detect its kind.  Return its name and kind; no picture is
    decoded.  With ``images_only`` the first bytes decide, and no other kind is looked into.

    :raises UnacceptableError: with the reason.
    """
    shown = _shown_name(name)
    size = content.seek(0, 2)
    if size == 0:
        raise UnacceptableError(_("“%(name)s” is empty", name=shown))
    if size > MAX_BYTES:
        raise UnacceptableError(
            _("“%(name)s” is larger than %(n)s MB", name=shown, n=MAX_BYTES // 1024 // 1024)
        )
    if images_only:
        kind = filetypes.detect_image(content)
        if kind is None:
            raise UnacceptableError(_("Pictures only"))
        return shown, kind
    kind = filetypes.detect_type(shown, content)
    if kind is None and filetypes.is_old_office(content):
        raise UnacceptableError(
            _("“%(name)s” can hide macros; save it as .docx, .xlsx, .pptx or PDF and send that", name=shown)
        )
    if kind is None:
        raise UnacceptableError(
            _("“%(name)s” is no picture, PDF, office document or text; other files are not taken", name=shown)
        )
    return shown, kind


def receive(name: str, content: IO[bytes], longest: int = 0) -> Upload:
    """Check a submitted file: its size and its actual kind; pictures are re-encoded, their longer side at
    most ``longest`` pixels (0: bounded by area).

    :raises UnacceptableError: with the reason.
    :raises images.BusyError: when too many pictures wait already.
    """
    shown, kind = identify(name, content)
    if not kind.is_image:
        return Upload(_with_extension(shown, kind), kind.media_type, content)
    try:
        picture = images.reencode(content, longest)
    except images.TooManyPixelsError:
        raise UnacceptableError(_("The picture “%(name)s” has too many pixels", name=shown)) from None
    except images.BadImageError:
        raise UnacceptableError(_("The picture “%(name)s” is damaged", name=shown)) from None
    named = _with_extension(shown, picture.type, other=kind)
    return Upload(named, picture.type.media_type, picture.content, picture.thumbnail)


def _shown_name(name: str) -> str:
    """Return the displayed name of a file: the last part of a path, on one line, at most 120 characters."""
    base = clean_line(_SEPARATORS.split(name)[-1]).strip(". ") or "file"
    if len(base) <= _MAX_NAME:
        return base
    extension = filetypes.extension_of(base)[:10]
    return base[: _MAX_NAME - len(extension)] + extension


def _with_extension(name: str, kind: filetypes.FileType, other: filetypes.FileType | None = None) -> str:
    """Return the name with an extension of its kind, replacing that of its former kind."""
    extension = filetypes.extension_of(name)
    if extension in kind.extensions:
        return name
    was_image = other is not None and any(extension in one.extensions for one in filetypes.IMAGES)
    stem = name[: -len(extension)] if was_image else name
    return stem + kind.extensions[0]


def keep(upload: Upload, subject: Any, actor: Actor) -> Attachment:
    """Attach the file to the record, in the caller's transaction.  ``subject.__files__`` names the kind."""
    made = stored(upload, subject, actor)
    db.session.add(made)
    db.session.flush()
    return made


def stored(upload: Upload, subject: Any, actor: Actor) -> Attachment:
    """Store the content; return the row that attaches it to the record, for the caller to add."""
    place = storage.storage()
    digest, size = storage.digest_and_size(upload.content)
    return Attachment(
        company_id=getattr(subject, "company_id", None),
        subject_kind=subject.__files__,
        subject_id=subject.id,
        name=upload.name,
        media_type=upload.media_type,
        size=size,
        sha256=digest,
        storage_name=place.keep(upload.content),
        thumbnail_name=place.keep(upload.thumbnail) if upload.thumbnail else None,
        uploader_id=actor.id,
        uploader_name=actor.name,
        created_at=clock.now(),
    )


def files_of(kind: str, ids: Sequence[int]) -> Select[Attachment]:
    """Return files of records that the caller has already loaded, oldest first."""
    return scoped(
        select(Attachment)
        .where(
            Attachment.subject_kind == kind,
            Attachment.subject_id.in_(ids),
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.created_at, Attachment.id)
    )


def files_by_subject(kind: str, ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """Return the same for a whole page of records, in one statement."""
    found: dict[int, list[Attachment]] = {pk: [] for pk in ids}
    if found:
        for one in db.session.scalars(files_of(kind, [*found])):
            found[one.subject_id].append(one)
    return found


def get_file(pk: int, *, actor: Actor, permission: AnyPermission = BasicPermission.READ) -> Attachment:
    """Return a file whose record the actor can open, and may use with the permission.

    :raises NotFound: when it does not exist, was removed, or the record is outside the actor's scope.
    """
    statement = scoped(select(Attachment).where(Attachment.id == pk, Attachment.removed_at.is_(None)))
    found: Attachment | None = db.session.scalars(statement).one_or_none()
    subject = _subjects.get(found.subject_kind) if found else None
    if found is None or subject is None or not actor.has_permission(permission, subject.resource):
        raise NotFound
    subject.get(found.subject_id, actor)
    return found


_file_name_sources: list[Callable[[], Iterable[str]]] = []


def register_file_names(names: Callable[[], Iterable[str]]) -> None:
    """Register another table whose rows name content: ``names()`` returns all of them."""
    if names not in _file_name_sources:
        _file_name_sources.append(names)


def attached_names() -> Iterable[str]:
    """Return the names of all content that attachments refer to."""
    with unscoped("sweep: every row keeps its content, removed ones too"):
        rows = db.session.execute(select(Attachment.storage_name, Attachment.thumbnail_name)).all()
    return [name for row in rows for name in row if name]


def sweep_files(*, dry_run: bool = False) -> list[str]:
    """Delete content that no row names: left by a crash between file and row.  Return the names.

    Content written within the last day stays: its row may not be committed yet.  ``dry_run`` deletes nothing.
    """
    known = {name for names in _file_name_sources for name in names()}
    end_reading()
    return storage.remove_unreferenced(known, older_than=_ABANDONED_AFTER, dry_run=dry_run)
