"""Lists as spreadsheets (PLAT-6): exactly the filtered and ordered list, within the actor's scope.

Cells have types, text always stays text, and memory does not grow with the rows: each batch is read and
written before the next one.  Reading holds no lock, and the export is logged afterwards in a transaction of
its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.kernel import clock
from app.kernel.database.session import snapshot, transaction_intent
from app.kernel.database.transactions import end_reading
from app.kernel.errors import INPUT, Decision
from app.kernel.exports.spreadsheets import XLSX, SheetColumn, temporary_directory, write_xlsx
from app.kernel.files.downloads import file_answer
from app.kernel.files.storage import ChunkReader
from app.kernel.lists.asking import charge_filters
from app.kernel.lists.counts import COUNT_LIMIT, count_up_to
from app.kernel.lists.paging import every_key, in_batches, key_parts
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.modes import PAGE_ARGUMENTS
from app.kernel.pages.requests import is_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flask import Response
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest, ListSpec


MAX_ROWS = COUNT_LIMIT
MAX_LONG_ROWS = 1_000_000  # a sheet holds little more
TOO_MANY = _("More than %(n)s rows cannot be exported; narrow the list first", n=MAX_LONG_ROWS)
Answer = TypeVar("Answer")
_STEP = 500


@dataclass(frozen=True)
class ListExport:
    """A list to export.  ``note(rows, filters)`` logs the export, in a transaction of its own."""

    title: str
    columns: Sequence[SheetColumn]
    spec: ListSpec
    scope: Select[Any]
    options: Sequence[Any]
    tab: str
    note: Callable[[int, str], Any]


@dataclass(frozen=True)
class MadeFile:
    """A file that a request wrote."""

    title: str
    name: str
    media_type: str
    content: IO[bytes]


_keepers: list[Callable[[MadeFile], Any]] = []


def keep_made_files(keep: Callable[[MadeFile], Any]) -> None:
    """Register what keeps the file of every export from a page, so that it is found again (OFF-9)."""
    _keepers[:] = [keep]


def export_list(
    job: ListExport,
    args: MultiDict[str, str],
    actor: Actor,
    later: Callable[[], Answer],
    *,
    most: int | None = None,
) -> Response | Answer:
    """Return the list that the arguments describe, as a file; ``later()`` for more rows than a request may
    write, or than ``most``.

    A HEAD request exports nothing and logs nothing.

    :raises Invalid: for a malformed filter.
    """
    asked = _read_request(job.spec, args)
    if request.method == "HEAD":
        return file_answer((), XLSX, file_name(job.title))
    charge_filters(job.scope, job.spec, asked, actor)
    statement = apply_filters(job.scope, job.spec, asked, actor)
    end_reading()
    with transaction_intent(to_change=False):
        most = MAX_ROWS if most is None else min(most, MAX_ROWS)
        keys = every_key(statement, job.spec, asked, most=most)
    if len(keys) > most:
        end_reading()
        return later()
    with _new_file() as target:
        with transaction_intent(to_change=False):
            records = in_batches(statement, keys, *job.options)
            rows = write_xlsx(target, job.title, job.columns, records)
            end_reading()
        with transaction_intent(to_change=True):
            job.note(rows, describe_filters(job, asked))
    return _answer(target, job.title)


def export_rows(
    title: str, columns: Sequence[SheetColumn], records: Iterable[Any], note: Callable[[int], Any]
) -> Response:
    """Return rows that are not a list of records, as a file; ``note(rows)`` logs the export.

    A HEAD request exports nothing and logs nothing.
    """
    if request.method == "HEAD":
        return file_answer((), XLSX, file_name(title))
    with _new_file() as target:
        with transaction_intent(to_change=False):
            rows = write_xlsx(target, title, columns, records)
            end_reading()
        with transaction_intent(to_change=True):
            note(rows)
    return _answer(target, title)


def export_long_rows(
    title: str,
    columns: Sequence[SheetColumn],
    read: Callable[[], tuple[int, Iterable[Any]]],
    note: Callable[[int], Any],
    meter: ProgressMeter,
) -> IO[bytes]:
    """Return the same in the background, all as of one moment; ``read()`` returns the number of rows, and the
    rows.

    :raises Denied: 422 for more rows than a sheet holds.
    """
    with _new_file() as target:
        with snapshot():
            total, records = read()
            _check_total(total)
            meter.expect(total)
            rows = write_xlsx(target, title, columns, _metered(records, meter))
        with transaction_intent(to_change=True):
            note(rows)
    return target


@contextmanager
def _new_file() -> Iterator[IO[bytes]]:
    """Open a file that stays open for its reader, unless writing it fails."""
    target = TemporaryFile(dir=temporary_directory())  # noqa: SIM115 - whoever reads it closes it
    try:
        yield target
    except BaseException:
        target.close()
        raise


def _check_total(total: int) -> None:
    if total > MAX_LONG_ROWS:
        Decision(allowed=False, code="export.too_many", message=TOO_MANY, status=INPUT).enforce()


class ProgressMeter(Protocol):
    """The receiver of progress reports of long work; each call may end the work by raising."""

    def expect(self, total: int) -> None:
        """Report the total amount of work."""

    def at(self, done: int) -> None:
        """Report the amount of work done."""


def export_long_list(
    job: ListExport, args: MultiDict[str, str], actor: Actor, meter: ProgressMeter
) -> IO[bytes]:
    """Return the open file with any number of rows, all as of one moment.

    :raises Denied: 422 for more rows than a sheet holds.
    """
    asked = _read_request(job.spec, args)

    def read() -> tuple[int, Iterator[Any]]:
        statement = apply_filters(job.scope, job.spec, asked, actor)
        parts = key_parts(statement, job.spec, asked)
        records = (one for keys in parts for one in in_batches(statement, keys, *job.options))
        return count_up_to(statement, MAX_LONG_ROWS), records

    return export_long_rows(
        job.title, job.columns, read, lambda rows: job.note(rows, describe_filters(job, asked)), meter
    )


def _metered(records: Iterable[Any], meter: ProgressMeter) -> Iterator[Any]:
    for number, record in enumerate(records):
        if number % _STEP == 0:
            meter.at(number)
        yield record


def _read_request(spec: ListSpec, args: MultiDict[str, str]) -> ListRequest:
    """Return the filters and the order; the page shown on the screen does not matter."""
    args = MultiDict(args)
    for name in PAGE_ARGUMENTS:
        args.poplist(name)
    return read_list_request(spec, args).enforce()


def describe_filters(job: ListExport, asked: ListRequest) -> str:
    """Return the filters as the log keeps them: codes and days, but no typed text."""
    return "; ".join([*([f"tab={job.tab}"] if job.tab else []), describe_request(job.spec, asked)])


def describe_request(spec: ListSpec, asked: ListRequest) -> str:
    """Return filters and order as the log keeps them."""
    parts = []
    for name, value in asked.values.items():
        one = spec.filter(name)
        parts.append(f"{name}={one.logged(value) if one else ''}")
    return "; ".join([*parts, f"order_by={asked.order_by}"])


def _answer(target: IO[bytes], title: str) -> Response:
    if not is_api():
        for keep in _keepers:
            target.seek(0)
            with transaction_intent(to_change=True):
                keep(MadeFile(title, file_name(title), XLSX, target))
    size = target.seek(0, 2)
    target.seek(0)
    return file_answer(ChunkReader(target), XLSX, file_name(title), size=size)


def file_name(title: str) -> str:
    """Return the file name of an exported list."""
    return f"{title}-{clock.today():%Y%m%d}.xlsx"
