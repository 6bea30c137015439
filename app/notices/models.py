"""Tables of notifications and to-dos (PLAT-2, PLAT-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.settings.dictionaries import Dictionary

TODO_STATE = Dictionary(
    "todo_state", {"open": _("Not done"), "done": _("Done")}, {"open": "orange", "done": "green"}
)


class _Message:
    """A text stored as msgid and parameters, shown in the user's language."""

    message: Mapped[str] = mapped_column(Text, nullable=False)
    parameters: Mapped[dict[str, str]] = mapped_column(JSON, nullable=False)

    @property
    def title(self) -> str:
        """The text in the user's language."""
        text_ = gettext(self.message)
        return text_ % self.parameters if self.parameters else text_


class Notification(_Message, Model):
    """A message to a person (PLAT-2). ``record_type`` and ``record_id`` name the record that it is about and
    links to, where no customer is named (CH-36).  ``kind`` is what its recipient chooses channels for
    (OFF-10).
    """

    __tablename__ = "notification"
    __audit__ = "notification"
    __table_args__ = (
        Index("ix_notification_inbox", "recipient_id", "created_at", "id"),
        Index(
            "ix_notification_unread",
            "recipient_id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
        Index("ix_notification_customer", "customer_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    record_type: Mapped[str | None] = mapped_column(code_type())
    record_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False, default="", server_default=text("''"))
    body: Mapped[str] = mapped_column(Text, nullable=False, default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    customer: Mapped[Any] = relationship("Customer", viewonly=True, lazy="raise")


class Todo(_Message, Model):
    """A task for a person (PLAT-3)."""

    __tablename__ = "todo"
    __audit__ = "todo"
    __table_args__ = (
        one_of("state", TODO_STATE.codes),
        Index("ix_todo_assignee", "assignee_id", "state", "due_at", "id"),
        Index("ix_todo_customer", "customer_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    assignee_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Any] = relationship("Customer", viewonly=True, lazy="raise")

    def complete(self, moment: datetime) -> None:
        """``open → done``."""
        self.state, self.done_at = "done", moment
