"""Import of customers: a table is kept, tried out, written, and taken back (CUST-26, CUST-34)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, insert

from app.audit import services as audit
from app.customers.imports.content import keep_sheets, sheets_of
from app.customers.imports.fates import Judge
from app.customers.imports.lines import LineReader
from app.customers.imports.models import ImportBatch, ImportMapping, ImportRow
from app.customers.imports.options import Options
from app.customers.imports.policies import can_cancel_import, can_run_import
from app.customers.imports.queries import get_import, headings_key, options_of, remembered_mappings
from app.customers.imports.settings import undo_time
from app.customers.imports.targets import known_headings, propose_mapping
from app.customers.imports.writing import create_rows, seal_former, update_row, write_history
from app.customers.numbers.lookups import record_import_lookups
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.database.records import upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import keep_if_refused, lock, transactional
from app.kernel.errors import Invalid
from app.kernel.fields.phones import PhoneNumber
from app.kernel.keys import keys
from app.kernel.sheets.headings import Table, find_headings, heading_key, table_of
from app.kernel.sheets.reading import read_sheets
from app.kernel.translation import N_
from app.notices import services as notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.imports.lines import Line
    from app.kernel.access.actor import Actor
    from app.kernel.sheets.tables import Row, Sheet

_MAX_MESSAGES = 20
_TRIED = 3  # first rows whose headings may have been mapped before
IMPORTED_FOR_YOU = N_("%(who)s imported %(n)s customers for you")


@dataclass
class Outcome:
    """The rows of a table with their fates; ``hidden`` are those that nobody has decided about."""

    table: Table
    lines: list[Line]
    hidden: list[int]
    judge: Judge

    @property
    def figures(self) -> Counter[str]:
        """The number of rows of each fate."""
        return Counter(line.fate for line in self.lines)

    @property
    def created_now(self) -> list[Line]:
        """The rows that become customers."""
        return [line for line in self.lines if line.fate == "created" and line.first is None]


# --- Keeping a table


@transactional
def keep_table(name: str, content: IO[bytes], *, actor: Actor) -> ImportBatch:
    """Read a table and keep it with the proposed mapping, for the actor to choose and to try.

    :raises Denied: ``sheet.…`` (422) for what is no table.
    """
    return keep_read_table(name, read_sheets(content), actor=actor)


@transactional
def keep_read_table(
    name: str, sheets: Sequence[Sheet], *, actor: Actor, words: Mapping[str, str] | None = None, **chosen: Any
) -> ImportBatch:
    """Keep the sheets of a table that was read; ``words`` map headings or column letters to targets,
    ``chosen`` are options beside.
    """
    options = map_by_words(sheets, words, actor) if words else propose(sheets, actor)
    batch = ImportBatch(
        company_id=actor.company_id,
        owner_id=actor.id,
        file_name=name[-160:],
        content_name=keep_sheets(sheets),
        options_cipher=_sealed(replace(options, **chosen)),
        state="open",
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def propose(
    sheets: Sequence[Sheet],
    actor: Actor,
    options: Options | None = None,
    *,
    known: frozenset[str] = frozenset(),
) -> Options:
    """Return the options with sheet and heading row found where none were chosen, and columns mapped: as
    these headings were mapped before, else by the words that people use. ``known`` are further headings.
    """
    options = options or Options()
    if options.heading_row < 0:
        found = find_headings(sheets, known_headings())
        if found is None and known:
            found = find_headings(sheets, known, one_is_enough=True)
        found = found or _remembered_row(sheets, actor)
        first = next((n for n, sheet in enumerate(sheets) if sheet.is_visible and sheet.rows), 0)
        options = replace(options, sheet=found[0] if found else first, heading_row=found[1] if found else 0)
    if options.mapping:
        return options
    columns = table_of(sheets[options.sheet], options.heading_row, known_headings()).columns
    key = headings_key(columns)
    has_headings = any(column.heading for column in columns)
    before = remembered_mappings([key], actor).get(key) if has_headings else None
    return replace(options, mapping=before or propose_mapping(columns))


def _remembered_row(sheets: Sequence[Sheet], actor: Actor) -> tuple[int, int] | None:
    """Return sheet and row of headings that nobody would guess, but that the actor has mapped before."""
    rows = {
        headings_key(table_of(sheet, row.number, known_headings()).columns): (place, row.number)
        for place, sheet in enumerate(sheets)
        if sheet.is_visible
        for row in sheet.rows[:_TRIED]
    }
    found = remembered_mappings(rows, actor)
    return min((rows[key] for key in found), default=None)


def _sealed(options: Options) -> str:
    written = json.dumps(options.as_json(), ensure_ascii=False)
    return keys().fernet.encrypt(written.encode()).decode()


@transactional
def choose(pk: int, options: Options, *, actor: Actor) -> ImportBatch:
    """Keep what the actor chose for a table, and remember the mapping for the next one like it.

    :raises NotFound: for another person's import.
    :raises Denied: ``import.not_open`` when it was begun already.
    """
    batch = get_import(pk, actor=actor, lock=True)
    can_run_import(actor, batch).enforce()
    sheets = sheets_of(batch)
    if not 0 <= options.sheet < len(sheets):
        raise Invalid(sheet=_("Not one of the choices"))
    columns = table_of(sheets[options.sheet], options.heading_row, known_headings()).columns
    options = propose(sheets, actor, options)
    batch.options_cipher = _sealed(options)
    if options.mapping and any(column.heading for column in columns):
        values = {"mapping": options.as_json()["mapping"], "used_at": clock.now()}
        key = {"account_id": actor.id, "headings": headings_key(columns)}
        db.session.execute(
            upsert(ImportMapping, {**key, **values}, unique=("account_id", "headings"), changes=values)
        )
    return batch


def map_by_words(sheets: Sequence[Sheet], given: Mapping[str, str], actor: Actor) -> Options:
    """Return sheet, headings and mapping for targets that are given by headings or by column letters."""
    words = {heading_key(word): name for word, name in given.items()}
    options = propose(sheets, actor, known=frozenset(words))
    columns = table_of(sheets[options.sheet], options.heading_row, known_headings()).columns
    mapping = {}
    for column in columns:
        name = words.get(column.key) if column.heading else None
        name = given.get(column.letters) or name
        if name:
            mapping[column.place] = name
    return replace(options, mapping=mapping)


# --- Trying it out


def evaluate(sheets: Sequence[Sheet], options: Options, actor: Actor) -> Outcome:
    """Return the fate that each row would have now; nothing is written."""
    sheet = sheets[options.sheet]
    table = table_of(sheet, options.heading_row, known_headings())
    reader = LineReader(options, actor)
    lines = [line for row in _counted(table, options) if (line := reader.read(row)) is not None]
    judge = Judge(options, reader, actor)
    judge.judge(lines)
    return Outcome(table, lines, [] if options.hidden else table.hidden_rows, judge)


def _counted(table: Table, options: Options) -> list[Row]:
    """Return the rows that count: all, or only those that are shown."""
    return [row for row in table.rows if not row.is_hidden] if options.hidden == "visible" else table.rows


@transactional
def preview(pk: int, *, actor: Actor) -> Outcome:
    """Try an import out: keep the fate of every row, and count the numbers that were refused (ACC-17).

    :raises Denied: 429 past the day's budget of number look-ups.
    """
    batch = get_import(pk, actor=actor, lock=True)
    can_run_import(actor, batch).enforce()
    outcome = evaluate(sheets_of(batch), options_of(batch), actor)
    count_refused(outcome, actor)
    _keep_rows(batch, outcome)
    return outcome


def count_refused(outcome: Outcome, actor: Actor) -> None:
    """Count the numbers of customers that the importer cannot open, before anything is told (ACC-17)."""
    numbers = [PhoneNumber.seal(line.phone) for line in outcome.judge.refused_numbers]
    if numbers:
        keep_if_refused(lambda: record_import_lookups(numbers, actor))
        record_import_lookups(numbers, actor)


def _keep_rows(batch: ImportBatch, outcome: Outcome) -> None:
    """Replace the rows of the batch by those of the outcome, and count them."""
    db.session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    rows = [_row(batch, line) for line in outcome.lines]
    rows += [
        {**_blank(batch, one.number), "fate": "left_out",
         "messages": [{"field": "", "code": f"import.{one.why}", "message": ""}]}
        for one in outcome.table.left_out
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(ImportRow), rows)
    figures = outcome.figures
    batch.rows = len(outcome.lines)
    batch.created, batch.updated = figures["created"], figures["updated"]
    batch.same, batch.errors = figures["same"], figures["error"]


def _blank(batch: ImportBatch, number: int) -> dict[str, Any]:
    return {"batch_id": batch.id, "row": number, "customer_id": None, "former_cipher": None, "number": None}


def _row(batch: ImportBatch, line: Line) -> dict[str, Any]:
    told = [one.as_record() for one in (*line.errors, *line.remarks)][:_MAX_MESSAGES]
    return {
        **_blank(batch, line.number),
        "fate": line.fate,
        "customer_id": (line.first or line).customer_id,
        "messages": told,
    }


# --- Writing it


@transactional
def write_import(pk: int, *, actor: Actor) -> ImportBatch:
    """Write an import in one transaction: all rows, or those without an error where that was chosen.

    With an error row nothing is written unless the valid rows were chosen; the batch is then ``refused``.

    :raises Denied: 429 past the day's budget of number look-ups.
    """
    batch = get_import(pk, actor=actor, lock=True)
    if batch.state != "waiting":
        can_run_import(actor, batch).enforce()
    options = options_of(batch)
    # No number may be given meanwhile: every operation that gives one shares this lock (CUST-7).
    lock(DEDUPE_MODE.name)
    outcome = evaluate(sheets_of(batch), options, actor)
    count_refused(outcome, actor)
    if outcome.hidden:
        return _refuse(batch, outcome, _("Hidden rows: choose whether they count"))
    if outcome.figures["error"] and not options.valid_rows_only:
        return _refuse(batch, outcome, _("Rows with errors: nothing was written"))
    _write(batch, outcome, actor)
    return batch


def _refuse(batch: ImportBatch, outcome: Outcome, problem: Any) -> ImportBatch:
    _keep_rows(batch, outcome)
    batch.created = batch.updated = 0
    batch.finish("refused", problem=str(problem))
    return batch


def _write(batch: ImportBatch, outcome: Outcome, actor: Actor) -> None:
    create_rows(outcome.created_now, outcome.judge, actor)
    updated = [line for line in outcome.lines if line.fate == "updated"]
    customers = outcome.judge.customers
    heads = audit.lock_heads([customers[line.customer_id] for line in updated if line.customer_id])
    for line in updated:
        customer_id = line.customer_id or 0
        update_row(line, customers[customer_id], heads[customer_id], actor)
    db.session.flush()
    written = [line for line in outcome.lines if line.fate in {"created", "updated", "history"}]
    write_history(written, actor)
    _keep_rows(batch, outcome)
    for line in updated:
        row = db.session.get_one(ImportRow, (batch.id, line.number))
        row.former_cipher, row.number = seal_former(line.changes), heads[line.customer_id or 0].number
    batch.finish("done", clock.now() + undo_time())
    _tell_owners(outcome, actor)
    audit.record(
        actor,
        "import.write",
        batch,
        N_("Import of “%(file)s”: %(created)s new, %(updated)s updated"),
        file=batch.file_name,
        created=batch.created,
        updated=batch.updated,
    )


def _tell_owners(outcome: Outcome, actor: Actor) -> None:
    """Notify colleagues who own new customers, each once (PLAT-3)."""
    owners = Counter(line.place.owner.id for line in outcome.created_now if line.place and line.place.owner)
    for owner_id, number in owners.items():
        if owner_id != actor.id:
            notices.notify(owner_id, IMPORTED_FOR_YOU, kind="customer", who=actor.name, n=number)


@transactional
def begin_import(pk: int, *, actor: Actor, start: Any) -> ImportBatch:
    """Begin to write an import in the background; ``start(title, arguments)`` begins the run.

    :raises Denied: ``import.not_open``; ``run.too_many`` while too many runs have not ended.
    """
    batch = get_import(pk, actor=actor, lock=True)
    can_run_import(actor, batch).enforce()
    batch.begin()
    batch.run_id = start(batch.file_name, {"import": batch.id}).id
    return batch


@transactional
def cancel_import(pk: int, *, actor: Actor) -> ImportBatch:
    """Cancel an import that is not written yet.

    :raises Denied: ``import.over``.
    """
    batch = get_import(pk, actor=actor, lock=True)
    can_cancel_import(actor, batch).enforce()
    batch.finish("cancelled")
    audit.record(actor, "import.cancel", batch, N_("Import of “%(file)s” cancelled"), file=batch.file_name)
    return batch


def errors_of(outcome: Outcome) -> list[Mapping[str, Any]]:
    """Return the errors of the rows as the API answers them: one for each bad row."""
    found: list[Mapping[str, Any]] = []
    for line in outcome.lines:
        if line.errors:
            first = line.errors[0]
            found.append(
                {"row": line.number, **({"field": first.target} if first.target else {}),
                 "code": first.code, "message": first.text}
            )  # fmt: skip
    return found
