"""Long work in the background, and the files that it produced (PLAT-5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import Dictionary

if TYPE_CHECKING:
    from datetime import timedelta


RUN_STATE = Dictionary(
    "run_state",
    {
        "waiting": _("Waiting"),
        "running": _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
        "expired": _("File removed"),
    },
    {
        "waiting": "orange",
        "running": "blue",
        "done": "green",
        "failed": "red",
        "cancelled": "gray",
        "expired": "gray",
    },
)
UNDER_WAY = ("waiting", "running")
_SEALED = 20_000


class BackgroundRun(Model):
    """One background run that a user started.  ``done`` of ``total`` steps are complete.

    ``arguments_cipher`` is encrypted: filters contain typed text.  ``token`` is the tenure of its runner,
    ``attempts`` the number of starts; ``result_name`` names the file's content.
    """

    __tablename__ = "background_run"
    __audit__ = "background_run"
    __table_args__ = (
        one_of("state", RUN_STATE.codes),
        Index("ix_background_run_owner", "owner_id", "created_at", "id"),
        Index("ix_background_run_ended", "expires_at"),
        Index(
            "ix_background_run_under_way",
            "id",
            postgresql_where=text("state IN ('waiting', 'running')"),
            sqlite_where=text("state IN ('waiting', 'running')"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(Integer)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    language: Mapped[str] = mapped_column(String(8), nullable=False)
    arguments_cipher: Mapped[str] = mapped_column(Encrypted(_SEALED), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="waiting")
    total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    cancel_asked: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    token: Mapped[int | None] = mapped_column(BigInteger)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result_name: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(160), nullable=False, default="")
    media_type: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    size: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)

    @property
    def is_under_way(self) -> bool:
        """True if it has not ended."""
        return self.state in UNDER_WAY

    @property
    def has_file(self) -> bool:
        """True if its file can be downloaded."""
        return self.state == "done" and self.result_name is not None

    def begin(self, token: int) -> None:
        """``waiting → running``, from its beginning."""
        self.state, self.token, self.attempts = "running", token, self.attempts + 1
        self.done = 0
        self.started_at = self.heartbeat_at = clock.now()

    def give_back(self) -> None:
        """``running → waiting``: another runner restarts it."""
        self.state, self.done = "waiting", 0

    def finish(self, result_name: str | None, size: int, kept: timedelta) -> None:
        """``running → done``; the file is kept for a while."""
        self.result_name, self.size, self.done = result_name, size, self.total
        self._end("done", clock.now() + kept)

    def fail(self, problem: str, kept: timedelta) -> None:
        """``running → failed``, with a sentence for its owner."""
        self.problem = problem[:300]
        self._end("failed", clock.now() + kept)

    def cancel(self, kept: timedelta) -> None:
        """``waiting | running → cancelled``."""
        self._end("cancelled", clock.now() + kept)

    def expire(self) -> str | None:
        """``done → expired``.  Return the name of the content to delete."""
        name, self.result_name, self.state = self.result_name, None, "expired"
        return name

    def _end(self, state: str, expires_at: datetime) -> None:
        self.state, self.finished_at, self.expires_at = state, clock.now(), expires_at
