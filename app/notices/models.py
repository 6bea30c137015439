"""Tables of the inbox, of the to-dos and of what leaves the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import dictionary

TODO_STATE = dictionary(
    "todo_state", {"open": _("Not done"), "done": _("Done")}, {"open": "orange", "done": "green"}
)
CHANNEL = dictionary("message_channel", {"sms": _("SMS"), "email": _("E-mail"), "robot": _("Chat robot")})
MESSAGE_STATE = dictionary(
    "message_state",
    {
        "waiting": _("Waiting"),
        "sending": _("Being sent"),
        "sent": _("Sent"),
        "failed": _("Failed"),
        "expired": _("Too late to send"),
        "not_sent": _("Not sent: no provider"),
    },
    {
        "waiting": "orange",
        "sending": "blue",
        "sent": "green",
        "failed": "red",
        "expired": "gray",
        "not_sent": "gray",
    },
)
MAX_BODY = 2000
_SEALED_BODY = 12_000  # three bytes a character, and what the cipher adds


class _Message:
    """Text kept as msgid and parameters, shown in the reader's language."""

    message: Mapped[str] = mapped_column(Text, nullable=False)
    parameters: Mapped[dict[str, str]] = mapped_column(JSON, nullable=False)

    @property
    def title(self) -> str:
        """The text in the reader's language."""
        text_ = gettext(self.message)
        return text_ % self.parameters if self.parameters else text_


class Notification(_Message, Model):
    """Something a person is told (PLAT-2)."""

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
    body: Mapped[str] = mapped_column(Text, nullable=False, default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    customer: Mapped[Any] = relationship("Customer", viewonly=True, lazy="raise")


class Todo(_Message, Model):
    """Something a person has to do (PLAT-3)."""

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


class OutgoingMessage(Model):
    """Something to be sent outside (PLAT-2): written with what causes it, sent by a job after the commit.

    Recipient and body are encrypted.  ``attempts`` tells one try from another: only the latest may say how it
    ended.  ``dedupe`` is unique: what must go out once is queued once.
    """

    __tablename__ = "outgoing_message"
    __audit__ = "outgoing_message"
    __table_args__ = (
        one_of("channel", CHANNEL.codes),
        one_of("state", MESSAGE_STATE.codes),
        Index("ix_outgoing_message_created_at", "created_at", "id"),
        Index(
            "ix_outgoing_message_due",
            "next_at",
            "id",
            postgresql_where=text("state IN ('waiting', 'sending')"),
            sqlite_where=text("state IN ('waiting', 'sending')"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(code_type(), nullable=False)
    purpose: Mapped[str] = mapped_column(String(80), nullable=False)
    recipient_cipher: Mapped[str] = mapped_column(Encrypted(1000), nullable=False)
    recipient_masked: Mapped[str] = mapped_column(String(120), nullable=False)
    subject: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    body_cipher: Mapped[str] = mapped_column(Encrypted(_SEALED_BODY), nullable=False)
    dedupe: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def take(self, until: datetime) -> None:
        """``waiting → sending``: one try has until then to say how it ended."""
        self.state, self.next_at, self.attempts = "sending", until, self.attempts + 1

    def end(self, state: str, error: str = "", moment: datetime | None = None) -> None:
        """``sending → sent | failed | expired | not_sent``."""
        self.state, self.error, self.sent_at = state, error[:80], moment

    def wait(self, until: datetime, error: str) -> None:
        """``sending → waiting``: it did not work this time; ``failed | not_sent → waiting``: by hand."""
        self.state, self.next_at, self.error = "waiting", until, error[:80]
