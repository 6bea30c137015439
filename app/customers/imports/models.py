"""Import batches, the fate of their rows, and how people map the headings of their tables (CUST-26)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import Dictionary

IMPORT_STATE = Dictionary(
    "import_states",
    {
        "open": _("Being prepared"),
        "waiting": _("Waiting"),
        "running": _("Running"),
        "done": _("Done"),
        "refused": _("Nothing written"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
        "undone": _("Undone"),
    },
    {
        "open": "gray",
        "waiting": "orange",
        "running": "blue",
        "done": "green",
        "refused": "red",
        "failed": "red",
        "cancelled": "gray",
        "undone": "gray",
    },
    title=_("States of imports"),
)
FATE = Dictionary(
    "import_fates",
    {
        "created": _("New"),
        "updated": _("Updated"),
        "same": _("Already there"),
        "history": _("Follow-up"),
        "error": _("Error"),
        "left_out": _("Left out"),
        "removed": _("Taken back"),
        "restored": _("Put back"),
        "kept": _("Kept: changed since"),
    },
    {
        "created": "green",
        "updated": "blue",
        "same": "gray",
        "history": "blue",
        "error": "red",
        "left_out": "gray",
        "removed": "gray",
        "restored": "gray",
        "kept": "orange",
    },
    title=_("Fates of imported rows"),
)
_SEALED = 60_000


class ImportBatch(Model):
    """One table that a person sent, and what became of it.

    ``content_name`` names its sheets as read, encrypted; they go after a while, the figures stay.
    ``options_cipher`` is encrypted, because headings may hold typed text.  ``run_id`` is the background run
    that writes it; ``undo_until`` is set when it is done.
    """

    __tablename__ = "import_batch"
    __audit__ = "import_batch"
    __table_args__ = (
        one_of("state", IMPORT_STATE.codes),
        Index("ix_import_batch_owner", "owner_id", "created_at", "id"),
        Index("ix_import_batch_created_at", "created_at"),
        Index("ix_import_batch_run", "run_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(Integer)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("background_run.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(String(160), nullable=False)
    content_name: Mapped[str | None] = mapped_column(String(64))
    options_cipher: Mapped[str] = mapped_column(Encrypted(_SEALED), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False)
    problem: Mapped[str] = mapped_column(String(300), nullable=False, default="")
    rows: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    created: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    updated: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    same: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    errors: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def begin(self) -> None:
        """``open | refused → waiting``: it is to be written."""
        self.state, self.problem = "waiting", ""

    def finish(self, state: str, undo_until: datetime | None = None, problem: str = "") -> None:
        """``waiting → done | refused | failed | cancelled``."""
        self.state, self.finished_at, self.undo_until = state, clock.now(), undo_until
        self.problem = problem[:300]

    def undo(self, moment: datetime) -> None:
        """``done → undone``."""
        self.state, self.undone_at = "undone", moment

    def forget(self) -> str | None:
        """Forget the sheets; return the name of the content to delete."""
        name, self.content_name = self.content_name, None
        return name


class ImportRow(Model):
    """One row of a table and its fate.

    ``messages`` are its errors and remarks as field, code and sentence, in its owner's language.  ``former``
    holds the values that an update replaced; ``number`` is the length of the customer's log afterwards, by
    which an undo knows whether somebody changed it since.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        one_of("fate", FATE.codes),
        Index("ix_import_row_fate", "batch_id", "fate", "row"),
        Index("ix_import_row_customer", "customer_id"),
    )
    batch_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fate: Mapped[str] = mapped_column(code_type(), nullable=False)
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    messages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, nullable=False, default=list)
    former_cipher: Mapped[str | None] = mapped_column(Encrypted(_SEALED))
    number: Mapped[int | None] = mapped_column(Integer)


class ImportMapping(Model):
    """How a person maps a set of headings, remembered for the next table with the same ones."""

    __tablename__ = "import_mapping"
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    headings: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, nullable=False)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
