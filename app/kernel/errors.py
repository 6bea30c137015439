"""The refusals that pages, API, services and jobs share (ACC-6).

A policy returns a :class:`Decision`; a service raises the exceptions below.  Each has a code for machines and
a sentence for people, translated to the user's language when it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString


if TYPE_CHECKING:
    Sentence = str | LazyString

PERSON = 403
STATE = 409
INPUT = 422
QUOTA = 429
STALE = 412


@dataclass(frozen=True)
class Decision:
    """The verdict of a policy: allowed, or refused with a code, a sentence and an HTTP status.

    ``details`` are added to the API's response (for example ``rule`` and ``customer_id`` of a duplicate);
    ``link`` is a page the refused user may open; ``field`` names the refused input.
    """

    allowed: bool
    code: str = ""
    message: Sentence = ""
    status: int = STATE
    details: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""
    field: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def reason(self) -> str:
        """The reason why a button is disabled, in the user's language; empty where it is enabled."""
        return "" if self.allowed else str(self.message)

    def enforce(self) -> None:
        """Raise :class:`Denied` unless allowed."""
        if not self.allowed:
            raise Denied(self)


ALLOW = Decision(allowed=True)


def forbidden(code: str, message: Sentence) -> Decision:
    """Return a refusal because of the actor (403)."""
    return Decision(allowed=False, code=code, message=message, status=PERSON)


def conflict(code: str, message: Sentence, *, field: str = "", **details: Any) -> Decision:
    """Return a refusal because of the record's state (409)."""
    return Decision(allowed=False, code=code, message=message, status=STATE, details=details, field=field)


OUT_OF_REACH = Decision(
    allowed=False, code="not_found", message=_("This does not exist, or is out of your reach"), status=404
)


class KepanError(Exception):
    """Base of the errors that a user may see."""

    status = 500
    code = "error"

    @property
    def message(self) -> Sentence:
        """The sentence for the user."""
        return ""


class Denied(KepanError):  # noqa: N818 - the field's word; every caller reads it as a verdict
    """A policy refused; carries the :class:`Decision`."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.code)
        self.decision = decision
        self.status = decision.status
        self.code = decision.code

    @property
    def message(self) -> Sentence:
        return self.decision.message


class NotFound(KepanError):  # noqa: N818 - as above
    """The record does not exist, or is outside the caller's scope: both look the same."""

    status = 404
    code = "not_found"


class Moved(NotFound):
    """The record is part of another one now, which the caller can open; ``to`` is its id.

    Reading leads on to that record; a change is refused, because it was meant for this one.
    """

    status = STATE
    code = "record.moved"

    def __init__(self, to: int) -> None:
        super().__init__(self.code)
        self.to = to

    @property
    def message(self) -> Sentence:
        return _("This record is part of another one now")


class Invalid(KepanError):  # noqa: N818 - as above
    """Input that is not acceptable: field name → sentence (422)."""

    status = INPUT
    code = "invalid"

    def __init__(self, **fields: Sentence) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class Stale(KepanError):  # noqa: N818 - as above
    """Another user saved in between: field label → (theirs, yours) of what both changed (412, CUST-20)."""

    status = STALE
    code = "stale"

    def __init__(self, version: int, differences: Mapping[str, tuple[str, str]] | None = None) -> None:
        super().__init__("stale")
        self.version = version
        self.differences = dict(differences or {})


MESSAGES = {
    400: ("bad_request", _("The request could not be understood")),
    401: ("auth.required", _("Please sign in")),
    403: ("auth.forbidden", _("You are not allowed to do this")),
    404: ("not_found", _("This does not exist, or is out of your reach")),
    405: ("method_not_allowed", _("This cannot be done in this way")),
    409: ("conflict", _("This is not possible in the present state")),
    412: ("stale", _("Somebody else saved this record in the meantime")),
    413: ("too_large", _("What was sent is too large")),
    415: ("not_json", _("A JSON object is expected")),
    422: ("invalid", _("Please check what was entered")),
    429: ("too_many", _("Too many attempts; please wait a moment")),
    500: ("internal", _("Something went wrong on our side")),
    503: ("unavailable", _("The service cannot answer at present; please try again in a moment")),
}
