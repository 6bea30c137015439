"""PLAT-6: rows become a spreadsheet with typed cells, text as text, in bounded memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from markupsafe import Markup
from openpyxl import load_workbook

from app.kernel.exports.spreadsheets import SheetColumn, cell_text, write_xlsx
from app.kernel.pages import formatting as pages

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.com", "{=1}", "\t=1"]


@pytest.fixture
def context(app):
    with app.app_context():
        yield app


def _written(values, title="测试"):
    target = BytesIO()
    records = [SimpleNamespace(value=value) for value in values]
    number = write_xlsx(target, title, [SheetColumn("值", lambda record: record.value)], records)
    assert number == len(values)
    return target


def _cells(target):
    sheet = load_workbook(target).active
    return [row[0] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize(
    ("value", "kept", "kind", "face"),
    [
        (datetime(2026, 1, 31, 16, 30, tzinfo=UTC), datetime(2026, 2, 1, 0, 30), "d", "yyyy-mm-dd hh:mm"),
        (date(2026, 1, 31), datetime(2026, 1, 31), "d", "yyyy-mm-dd"),
        (date(1850, 1, 1), "1850-01-01", "s", "General"),
        (Decimal("1234567.50"), 1234567.5, "n", "#,##0.00"),
        (7, 7, "n", "0"),
        (0, 0, "n", "0"),
        (True, "是", "s", "General"),
        (False, "否", "s", "General"),
        ("007", "007", "s", "General"),
        ("138****1234", "138****1234", "s", "General"),
        (Markup('<span class="tag">跟进&amp;中</span>'), "跟进&中", "s", "General"),
        ("x" * 40_000, "x" * 32_767, "s", "General"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_plat_6_cells_have_the_type_of_their_value(context, value, kept, kind, face):
    (cell,) = _cells(_written([value]))
    assert (cell.value, cell.data_type, cell.number_format) == (kept, kind, face)


@pytest.mark.parametrize("value", [None, "", pages.NOTHING])
def test_plat_6_nothing_is_an_empty_cell(context, value):
    cells = _cells(_written([value, "x"]))
    assert [cell.value for cell in cells] == [None, "x"]


def test_plat_6_what_looks_like_a_formula_or_a_link_is_text(context):
    target = _written(FORMULAS)
    cells = _cells(target)
    assert [cell.value for cell in cells] == FORMULAS
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    with zipfile.ZipFile(target) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_plat_6_the_head_stays_and_columns_fit(context):
    sheet = load_workbook(_written(["短", "一段很长的文字" * 3, "x" * 500])).active
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.auto_filter.ref == "A1:A4"
    assert sheet.column_dimensions["A"].width == pytest.approx(60, abs=1)
    narrow = load_workbook(_written(["短"])).active
    assert narrow.column_dimensions["A"].width == pytest.approx(8, abs=1)
    wide = load_workbook(_written(["一二三四五六七八九十"])).active
    assert wide.column_dimensions["A"].width == pytest.approx(22, abs=1)


def test_plat_6_an_empty_list_is_a_head(context):
    sheet = load_workbook(_written([])).active
    assert [cell.value for cell in sheet[1]] == ["值"]
    assert sheet.max_row == 1


@pytest.mark.parametrize("title", ["a/b:c*d?e[f]g", "'引号'", "很长" * 30, "[]"])
def test_plat_6_any_title_names_a_sheet(context, title):
    assert load_workbook(_written(["x"], title)).active.title


@pytest.mark.slow
def test_plat_6_memory_does_not_grow_with_the_rows(context):
    columns = [SheetColumn(f"第{i}列", lambda record, i=i: f"{record.value} · {i}") for i in range(12)]

    def peak(rows: int) -> int:
        tracemalloc.start()
        try:
            write_xlsx(BytesIO(), "测试", columns, (SimpleNamespace(value=n) for n in range(rows)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    small, large = peak(500), peak(5_000)
    # Only the finished file grows (in memory here; below the data directory in the application).
    assert large < small + 2_000_000


def test_plat_16_nothing_is_left_in_the_data_directory(context):
    _written(["x"])
    directory = context.config["KEPAN"].data_dir / "tmp"
    assert [*directory.iterdir()] == []


def test_plat_6_plain_text_of_what_pages_show(context):
    with context.test_request_context():
        assert cell_text(pages.tag("A & B", "red")) == "A & B"
    assert cell_text(3.5) == "3.5"
