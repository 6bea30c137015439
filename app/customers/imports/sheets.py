"""Tables that an import gives out: the template, and the rows with errors (CUST-26)."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from flask_babel import gettext

from app.customers.imports.content import sheets_of
from app.customers.imports.queries import error_rows, options_of
from app.customers.imports.targets import HISTORY, REASON, TARGETS, known_headings
from app.customers.shared.fields import FIELDS
from app.kernel.exports.spreadsheets import temporary_directory
from app.kernel.sheets.headings import table_of

if TYPE_CHECKING:
    from app.customers.imports.models import ImportBatch

_ROWS = 1_000  # rows of the template with drop-downs
_WIDTH = 18
_IN_FORMULA = 250  # characters of a list within a validation
_SAMPLE = "13800000000"  # a number that is left out when the template is read again
_OPTIONS = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": False
}  # fmt: skip


def _book(target: IO[bytes]) -> Any:
    return xlsxwriter.Workbook(target, {**_OPTIONS, "tmpdir": str(temporary_directory())})


def write_template() -> IO[bytes]:
    """Return the template: a sheet with headings, notes and drop-downs, and one with explanations."""
    target = TemporaryFile(dir=temporary_directory())  # noqa: SIM115 - whoever reads it closes it
    codes = {one.name: one.codes for one in FIELDS if one.codes is not None}
    targets = [one for name, one in TARGETS.items() if name not in HISTORY]
    with _book(target) as book:
        sheet = book.add_worksheet(gettext("Customers"))
        options = book.add_worksheet(gettext("Options"))
        head = book.add_format({"bold": True, "bg_color": "#F7F8FA", "bottom": 1, "border_color": "#E5E8EE"})
        needed = book.add_format(
            {
                "bold": True,
                "bg_color": "#F7F8FA",
                "bottom": 1,
                "border_color": "#E5E8EE",
                "font_color": "#C92A2A",
            }
        )
        text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, one in enumerate(targets):
            is_needed = one.name in {"name", "phone"}
            sheet.write_string(
                0, place, f"{one.label}{'*' if is_needed else ''}", needed if is_needed else head
            )
            sheet.set_column(place, place, _WIDTH, text if one.name in {"phone", "tax_id", "code"} else None)
            note = _note(one.name)
            if note:
                sheet.write_comment(0, place, note)
            found = codes.get(one.name)
            if found is not None:
                labels = [label for _code, label in found.choices()]
                for number, label in enumerate(labels):
                    options.write_string(number, place, label)
                column = xlsxwriter.utility.xl_col_to_name(place)
                source = f"='{gettext('Options')}'!${column}$1:${column}${len(labels)}"
                sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": source})
        options.hide()
    return target


def _note(name: str) -> str:
    notes = {
        "name": gettext("Required"),
        "phone": gettext("Required for individuals; write it as text"),
        "code": gettext("Left empty, the system gives the next one"),
        "owner": gettext("Name, login or employee number; left empty: you"),
        "tax_id": gettext("Only of enterprises; write it as text"),
        "founded_on": gettext("A date like 2026-01-31"),
        "demand_districts": gettext("Several with commas between"),
    }
    return notes.get(name, "")


def write_errors(batch: ImportBatch) -> IO[bytes]:
    """Return the rows with errors as the same sheet, with the reasons beside: mended, it can be sent again.

    :raises NotFound: when the sheets were removed.
    """
    options = options_of(batch)
    sheet = sheets_of(batch)[options.sheet]
    table = table_of(sheet, options.heading_row, known_headings())
    wrong = error_rows(batch.id)
    target = TemporaryFile(dir=temporary_directory())  # noqa: SIM115 - whoever reads it closes it
    width = len(table.columns)
    with _book(target) as book:
        page = book.add_worksheet(table.sheet[:31] or "Sheet1")
        head = book.add_format({"bold": True})
        red = book.add_format({"bg_color": "#FFE3E3"})
        number = 0
        if table.heading_row:
            for column in table.columns:
                page.write_string(0, column.place, column.heading, head)
            page.write_string(0, width, str(REASON), head)
            number = 1
        places = {name: place for place, name in options.mapping.items()}
        for row in table.rows:
            if row.number not in wrong:
                continue
            messages = wrong[row.number]
            marked = {places.get(one["field"]) for one in messages}
            for place, cell in row.cells.items():
                page.write_string(number, place, cell.text, red if place in marked else None)
            page.write_string(number, width, _reasons(messages))
            number += 1
        page.set_column(0, width, _WIDTH)
    return target


def _reasons(messages: list[dict[str, Any]]) -> str:
    return "; ".join(
        f"{TARGETS[one['field']].label}: {one['message']}" if one["field"] in TARGETS else one["message"]
        for one in messages
    )
