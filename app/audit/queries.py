"""Queries of the operation log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select

from app.audit.models import OperationLog
from app.audit.personal import holds_codes
from app.kernel.database.session import db
from app.kernel.exports.views import exported_view, filters_in_words
from app.kernel.settings.dictionaries import Coded, Dictionary

if TYPE_CHECKING:
    from datetime import datetime

    from app.kernel.access.actor import Actor


def visible_operations(actor: Actor) -> Select[OperationLog]:
    """Return the whole log for those who see all; otherwise the rows of the actor's company and the actor's
    own rows.
    """
    statement = select(OperationLog)
    if actor.opens_all:
        return statement
    own = OperationLog.actor_id == actor.id
    if actor.company_id is None:
        return statement.where(own)
    return statement.where(or_(own, OperationLog.company_id == actor.company_id))


def operations_of(subject: Any, *, edits_only: bool = False) -> Select[OperationLog]:
    """Return the log of one record that the caller has already loaded, newest first."""
    statement = select(OperationLog).where(
        OperationLog.record_type == subject.__audit__, OperationLog.record_id == subject.id
    )
    if edits_only:
        statement = statement.where(OperationLog.operation.in_(EDITS))
    return statement.order_by(OperationLog.number.desc())


def count_operations(subject: Any, operation: str, actor_id: int, since: datetime) -> int:
    """Return how often an actor performed an operation on a record since a moment."""
    statement = select(func.count()).where(
        OperationLog.record_type == subject.__audit__,
        OperationLog.record_id == subject.id,
        OperationLog.operation == operation,
        OperationLog.actor_id == actor_id,
        OperationLog.at >= since,
    )
    return db.session.scalar(statement) or 0


def latest_change(subject: Any, field: str, actor_id: int, since: datetime) -> datetime | None:
    """Return when an actor last changed a field of a record, since a moment; None where they did not."""
    changes = select(OperationLog).where(
        OperationLog.record_type == subject.__audit__,
        OperationLog.record_id == subject.id,
        OperationLog.actor_id == actor_id,
        OperationLog.at > since,
    )
    rows = db.session.scalars(changes.order_by(OperationLog.number.desc()))
    return next((row.at for row in rows if field in (row.differences or {})), None)


def actor_name(row: OperationLog) -> str:
    """Return the name of the actor; commands and jobs are the system."""
    return (row.actor_name or erased_placeholder()) if row.actor_id else gettext("System")


def source_label(source: str) -> str:
    """Return the source of the operation: an address, or the command line."""
    return gettext("Command line") if source == COMMAND else source


def sentence_of(row: OperationLog) -> str:
    """Return the row's sentence in the reader's language."""
    text, parameters = gettext(row.message), row.parameters
    if not parameters and not row.is_erased:
        return text
    known = {key: Coded.shown(value) for key, value in parameters.items()}
    exported = exported_view(row.operation)
    if exported is not None and "filters" in known:
        known["filters"] = filters_in_words(exported, known["filters"])
    return text % (_Erased(known) if row.is_erased else known)


class _Erased(dict[str, str]):
    """Parameters of a sentence, with a placeholder for each erased one."""

    def __missing__(self, _name: str) -> str:
        return erased_placeholder()


def erased_placeholder() -> str:
    """Return the placeholder of erased personal data."""
    return gettext("[erased]")


def shown_value(kind: str, field: str, value: str) -> str:
    """Return a logged value of a record's field as the reader knows it; several codes with commas between."""
    reader = _READERS.get((kind, field))
    return "、".join(reader.label(code) for code in value.split(",")) if reader and value else value


RECORD_KIND = Dictionary(
    "record_kinds",
    {
        "customer": _("Customer"),
        "account": _("Account"),
        "staff": _("Staff"),
        "department": _("Department"),
        "company": _("Company"),
        "district": _("District"),
        "role": _("Role"),
        "todo": _("To-do"),
        "export": _("Export"),
        "setting": _("Setting"),
        "dictionary_entry": _("Dictionary entry"),
        "saved_filter": _("Saved filter"),
        "list_view": _("View of a list"),
        "outgoing_message": _("Outgoing message"),
        "job_run": _("Run of a job"),
        "background_run": _("Background run"),
        "project": _("Project"),
        "plot": _("Plot"),
        "broker_company": _("Broker company"),
        "broker": _("Broker"),
        "visitor": _("Walk-in visitor"),
        "referral": _("Referral"),
        "onsite_scan": _("On-site scan"),
        "tour": _("Tour"),
        "collision": _("Collision"),
        "viewing_fee": _("Viewing fee"),
    },
)
COMMAND = "command"
EDITS: set[str] = set()
_READERS: dict[tuple[str, str], Dictionary] = {}


def counts_as_edit(*operations: str) -> None:
    """Declare operations that appear in a record's tab of edits (CUST-20)."""
    EDITS.update(operations)


def register_code_fields(kind: str, /, **fields: Dictionary) -> None:
    """Declare which fields of a kind of record hold codes, and the labels of these codes."""
    holds_codes(kind, fields)
    _READERS.update({(kind, field): codes for field, codes in fields.items()})
