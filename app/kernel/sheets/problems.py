"""The sentences about files that are not read, each with the way out (CUST-34)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import INPUT, Decision, Denied
from app.kernel.sheets.child.cells import MAX_COLUMNS, MAX_ROWS

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


SENTENCES: dict[str, Sentence] = {
    "empty": _("The file is empty"),
    "damaged": _("This table is damaged and cannot be read; open it in Excel or WPS, save it again as .xlsx"),
    "password": _("This table is protected with a password; remove the password, save it and send it again"),
    "macros": _("This table holds macros; save it as .xlsx, without macros, and send that"),
    "bomb": _("This file unpacks to far more than a table holds; copy its rows into a new table"),
    "too_large": _("This table needs too much memory; copy its rows into several smaller tables"),
    "too_slow": _("Reading this table takes too long; copy its rows into several smaller tables"),
    "too_many_rows": _("More than %(n)s rows; divide the table", n=f"{MAX_ROWS:,}"),
    "too_many_columns": _(
        "A cell stands beyond column %(n)s; delete the columns that are not needed", n=MAX_COLUMNS
    ),
    "no_rows": _("There is no row in this table"),
    "utf16": _("This is text in UTF-16; save it as “CSV UTF-8” or as .xlsx"),
    "xml": _("This is an XML table of 2003, not an Excel file; open it in Excel, save it as .xlsx"),
    "xml_other": _("This is an XML file, not a table; save the table as .xlsx"),
    "html": _("This is a web page, not an Excel file; open it in Excel, save it as .xlsx"),
    "ods": _("This is an OpenDocument file; save it as .xlsx"),
    "numbers": _("This is a Numbers file; export it as .xlsx"),
    "xlsb": _("This is a binary Excel file (.xlsb); save it as .xlsx"),
    "docx": _("This is a Word document; copy its table into Excel"),
    "doc": _("This is a Word document; copy its table into Excel"),
    "pptx": _("This is a presentation; copy its table into Excel"),
    "pdf": _("This is a PDF; export the table as .xlsx where it was made"),
    "picture": _("This is a picture; a table is needed: .xlsx, .xls or CSV"),
    "archive": _("This is an archive; unpack it, and send the table inside"),
    "zip": _("This is an archive; unpack it, and send the table inside"),
    "program": _("This is a program; a table is needed: .xlsx, .xls or CSV"),
    "unknown": _("This is no .xlsx, .xls or CSV file; save the table as .xlsx"),
}


def unreadable(code: str) -> Denied:
    """Return the refusal of a file (422)."""
    sentence = SENTENCES.get(code, SENTENCES["unknown"])
    return Denied(Decision(allowed=False, code=f"sheet.{code}", message=sentence, status=INPUT, field="file"))
