"""Tables are read by their content, in a process that may die of them (CUST-34)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from app.kernel.errors import Denied
from app.kernel.sheets import reading
from app.kernel.sheets.headings import find_headings, heading_key, keys_of, table_of
from app.kernel.sheets.reading import read_sheets
from app.kernel.sheets.values import CellError, choice_key, read_day, read_moment, read_number, value_of

if TYPE_CHECKING:
    from app.kernel.sheets.tables import Sheet

SAMPLES = Path("tests/fixtures/imports")
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
KNOWN = keys_of(
    [
        "客户名称",
        "客户姓名",
        "手机号",
        "手机号码",
        "电话",
        "备注",
        "年收入",
        "所属人",
        "公司规模",
        "客户来源",
        "客户编号",
        "客户等级",
        "邮箱",
        "成立日期",
    ]
)
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{}'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def sample(name: str) -> list[Sheet]:
    with (SAMPLES / name).open("rb") as content:
        return read_sheets(content)


def package(rows: str = "", *, book: str = "", **parts: bytes | str) -> io.BytesIO:
    """Return an .xlsx file made of these parts; ``rows`` is the XML of its sheet's rows."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/workbook.xml", BOOK.format(book))
        archive.writestr("xl/_rels/workbook.xml.rels", RELS)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made


def table(sheets: list[Sheet]):
    place, row = find_headings(sheets, KNOWN)
    return table_of(sheets[place], row, KNOWN)


def text(row: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{row}</t></is></c></row>'


def test_cust_34_days_of_sample_01(bare):
    found = table(sample("01_cn_dates.xlsx"))
    assert len(found.rows) == 18
    for row, right in zip(found.rows, EXPECTED["01_cn_dates.xlsx"], strict=True):
        assert row.number == right["row"]
        if right["founded_on"]:
            assert read_day(row.cells[2])[0] == right["founded_on"], row.number
        else:
            with pytest.raises(CellError):
                read_day(row.cells[2])


def test_cust_34_two_heading_rows_and_lost_digits_of_sample_03(bare):
    found = table(sample("03_phones_two_header_rows.xlsx"))
    assert found.rows[0].number == 3
    assert read_number(found.rows[2].cells[1]) == "13900000303"
    with pytest.raises(CellError) as error:
        read_number(found.rows[3].cells[1])
    assert error.value.code == "import.digits_lost"


def test_cust_34_no_heading_in_sample_04(bare):
    sheets = sample("04_pool_without_header.xlsx")
    assert find_headings(sheets, KNOWN) is None
    found = table_of(sheets[0], 0, KNOWN)
    assert [row.number for row in found.rows] == [1, 2, 3]
    assert [one.letters for one in found.columns] == ["A", "B", "C"]


def test_cust_34_headings_below_instructions_in_sample_05(bare):
    found = table(sample("05_instructions_above_header.xlsx"))
    assert (found.heading_row, [row.number for row in found.rows]) == (14, [15, 16, 17])
    assert found.columns[1].key == found.columns[2].key == heading_key("客户名称")
    assert [found.columns[1].letters, found.columns[2].letters] == ["B", "C"]


def test_cust_34_hidden_rows_and_the_total_of_sample_07(bare):
    found = table(sample("07_filtered_hidden_total.xlsx"))
    assert found.hidden_rows == [4, 6]
    assert [one.heading for one in found.columns if one.is_hidden] == ["身份备注"]
    assert [(one.number, one.why) for one in found.left_out] == [(8, "total")]
    assert [row.cells[4].text for row in found.rows] == ["120000.5", "80000", "99.99", "1", "0"]


def test_cust_34_lost_digits_of_a_long_number_in_sample_08(bare):
    rows = sample("08_listings_units.xlsx")[0].rows
    assert rows[1].cells[0].text == "201811133302120035"
    with pytest.raises(CellError, match="文本"):
        value_of(rows[3].cells[0])


def test_cust_34_a_csv_named_xlsx_is_read(bare):
    found = table(sample("10_csv_named.xlsx"))
    assert found.columns[0].heading == "客户名称"
    assert found.rows[0].cells[2].text == "第一行\n第二行"
    assert found.rows[2].cells[1].text == "13900001003"


def test_cust_34_an_xml_table_is_refused_with_the_way_out(bare):
    with pytest.raises(Denied) as error:
        sample("11_xml2003.xls")
    assert (error.value.code, error.value.status) == ("sheet.xml", 422)
    assert ".xlsx" in str(error.value.message)


def test_cust_34_an_old_table_with_sample_row_and_blank_rows(bare):
    found = table(sample("12_biff_blank_rows.xls"))
    assert [row.number for row in found.rows] == [3, 4]
    assert [(one.number, one.why) for one in found.left_out] == [(2, "sample")]


def test_cust_34_error_values_and_formulas_of_sample_14(bare):
    rows = {row.number: row for row in table(sample("14_formulas.xlsx")).rows}
    assert (rows[2].cells[3].text, rows[5].cells[0].text) == ("6%", "十四丁公司")
    for number, column, code in (
        (3, 2, "import.error_value"),
        (4, 2, "import.error_value"),
        (8, 0, "import.no_stored_value"),
    ):
        with pytest.raises(CellError) as error:
            value_of(rows[number].cells[column])
        assert error.value.code == code


def test_cust_34_blank_styled_rows_are_not_there(bare):
    assert len(table(sample("16_blank_styled_rows.xlsx")).rows) == 12


def test_cust_34_the_sheet_with_the_headings_is_taken(bare):
    found = table(sample("19_template_with_sample_rows.xlsx"))
    assert (found.sheet, [row.number for row in found.rows]) == ("客户导入模板", [4, 5, 6])
    assert [(one.number, one.why) for one in found.left_out] == [(2, "sample"), (3, "hint")]
    assert choice_key(found.rows[0].cells[2].text) == choice_key("21–100 人")
    assert choice_key(found.rows[0].cells[6].text) == choice_key("老客推荐")


def test_cust_34_moments_of_sample_20(bare):
    rows = table(sample("20_follow_up_history.xlsx")).rows

    assert [read_moment(row.cells[2])[0] for row in rows[:4]] == [
        "2025-03-31T09:05", "2025-04-02T23:59", "2025-04-05T00:30", "2025-04-01T09:00",
    ]  # fmt: skip
    with pytest.raises(CellError) as error:
        read_day(rows[1].cells[6])
    assert error.value.code == "import.day_without_year"


REFUSED = {
    "bomb": lambda: package(xl__media__a_bin=bytes(64 * 1024 * 1024)),
    "damaged": lambda: io.BytesIO(package(text("a")).getvalue()[:400]),
    "macros": lambda: package(text("a"), xl__vbaProject_bin=b"x"),
    "docx": lambda: package(word__document_xml="<a/>"),
    "ods": lambda: package(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "pdf": lambda: io.BytesIO(b"%PDF-1.7"),
    "picture": lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n"),
    "html": lambda: io.BytesIO(b"<html><table>"),
    "utf16": lambda: io.BytesIO("客户名称\t手机号".encode("utf-16")),
    "unknown": lambda: io.BytesIO(bytes(range(1, 256)) * 9),
    "empty": lambda: io.BytesIO(b""),
    "no_rows": package,
    "too_many_columns": lambda: package(
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    ),
    "password": lambda: io.BytesIO(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_cust_34_what_is_no_table_is_refused_by_its_name(bare, code):
    with pytest.raises(Denied) as error:
        read_sheets(REFUSED[code]())
    assert (error.value.code, error.value.status) == (f"sheet.{code}", 422)


def test_cust_34_time_ends_the_reader_not_the_application(bare, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.05)
    with pytest.raises(Denied) as error:
        read_sheets(package(text("a")))
    assert error.value.code == "sheet.too_slow"


def test_cust_34_memory_ends_the_reader_not_the_application(bare, monkeypatch):
    # A process that is out of memory may not even be able to say so.
    monkeypatch.setattr(reading, "_PROGRAM", "import os; os.abort()")
    with pytest.raises(Denied) as error:
        read_sheets(package(text("a")))
    assert error.value.code == "sheet.too_large"


def test_cust_34_many_styles_are_no_obstacle(bare):
    styles = '<styleSheet xmlns="x"><cellXfs>' + '<xf numFmtId="0"/>' * 100_000 + "</cellXfs></styleSheet>"
    assert read_sheets(package(text("a"), xl__styles_xml=styles))[0].rows[0].cells[0].text == "a"


def test_cust_34_dates_of_both_systems_and_escaped_signs(bare):
    styles = '<styleSheet xmlns="x"><cellXfs><xf numFmtId="0"/><xf numFmtId="31"/></cellXfs></styleSheet>'
    row = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" t="str"><v>a_x000D_\nb</v></c></row>'
    for book, day in (("<workbookPr/>", "1900-01-01"), ('<workbookPr date1904="1"/>', "1904-01-02")):
        cells = read_sheets(package(row, book=book, xl__styles_xml=styles))[0].rows[0].cells
        assert (cells[0].text, cells[1].text.split()) == (day, ["a", "b"])


def test_cust_34_wps_properties_do_not_matter(bare):
    odd = '<cp:coreProperties xmlns:cp="x" xmlns:t="y"><t:created>then</t:created><t:alien/></cp:coreProperties>'
    assert read_sheets(package(text("甲"), docProps__core_xml=odd))[0].rows


def test_cust_34_a_merged_cell_counts_for_all_its_rows_and_groups_name_columns(bare):
    book = Workbook()
    sheet = book.active
    for row in ([None], [None, None, "客户名称", "联系方式"], [None, None, None, "手机号", "邮箱"],
                [None, None, "甲", "1", "a"], [None, None, None, "2", "b"]):  # fmt: skip
        sheet.append(row)
    for span in ("C2:C3", "D2:E2", "C4:C5"):
        sheet.merge_cells(span)
    content = io.BytesIO()
    book.save(content)
    found = table(read_sheets(content))
    assert [one.heading for one in found.columns] == ["", "", "客户名称", "手机号", "邮箱"]
    assert [row.cells[2].text for row in found.rows] == ["甲", "甲"]


def test_cust_34_gb18030_and_semicolons(bare):
    sheets = read_sheets(io.BytesIO("客户名称;手机号\n𠮷野家;1\n".encode("gb18030")))
    assert table(sheets).rows[0].cells[0].text == "𠮷野家"
