"""Tables of outgoing messages (PLAT-2)."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import Dictionary

CHANNEL = Dictionary("message_channel", {"sms": _("SMS"), "email": _("E-mail"), "robot": _("Chat robot")})
MESSAGE_STATE = Dictionary(
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
_SEALED_BODY = 12_000  # three bytes per character, plus the cipher's overhead


class OutgoingMessage(Model):
    """A message to an external channel (PLAT-2): written with its cause, sent by a job after the commit.

    Recipient and body are encrypted.  ``attempts`` numbers the tries: only the latest may record its outcome.
    ``dedupe`` is unique, so that such a message is queued only once.  One to an account waits for the end of
    the person's quiet hours, unless it is urgent (OFF-10).
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
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    is_urgent: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
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
        """``waiting → sending``: one try must record its outcome before this moment."""
        self.state, self.next_at, self.attempts = "sending", until, self.attempts + 1

    def hold(self, until: datetime) -> None:
        """Wait until a moment without a try: nobody is to be disturbed before."""
        self.state, self.next_at = "waiting", until

    def end(self, state: str, error: str = "", moment: datetime | None = None) -> None:
        """``sending → sent | failed | expired | not_sent``."""
        self.state, self.error, self.sent_at = state, error[:80], moment

    def wait(self, until: datetime, error: str) -> None:
        """``sending → waiting``: this try failed; ``failed | not_sent → waiting``: by hand."""
        self.state, self.next_at, self.error = "waiting", until, error[:80]
