"""The samples of practitioners' tables, read as customers: the right value of every row (CUST-26, CUST-34)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.customers.imports.options import Options
from app.customers.imports.services import evaluate, propose
from app.kernel.sheets.reading import read_sheets

if TYPE_CHECKING:
    from app.customers.imports.lines import Line
    from app.customers.imports.services import Outcome

SAMPLES = Path("tests/fixtures/imports")
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())


def outcome(name: str, actor, **options: Any) -> Outcome:
    with (SAMPLES / name).open("rb") as content:
        sheets = read_sheets(content)
    return evaluate(sheets, propose(sheets, actor, Options(**options)), actor)


def rows(found: Outcome) -> dict[int, Line]:
    return {line.number: line for line in found.lines}


def errors(line: Line) -> set[tuple[str, str]]:
    return {(one.target, one.code) for one in line.errors}


@pytest.fixture
def agent(world):
    return world.actor("manager")


def test_cust_34_sample_01_days(agent):
    found = rows(outcome("01_cn_dates.xlsx", agent))
    for right in EXPECTED["01_cn_dates.xlsx"]:
        line = found[right["row"]]
        assert (line.values["name"], line.phone) == (right["name"], right["phone"])
        if right["founded_on"]:
            assert (line.values["founded_on"].isoformat(), line.fate) == (right["founded_on"], "created")
        else:
            assert (line.fate, {one.target for one in line.errors}) == ("error", {"founded_on"})
    assert found[10].remarks
    assert found[11].remarks


def test_cust_34_sample_03_numbers(agent):
    found = rows(outcome("03_phones_two_header_rows.xlsx", agent))
    for right in EXPECTED["03_phones_two_header_rows.xlsx"]:
        line = found[right["row"]]
        assert (line.phone or None) == right["phone"], right
        assert (line.fate == "created") == (right["phone"] is not None), right
    assert errors(found[6]) == {("phone", "import.digits_lost")}


def test_cust_34_sample_03_landlines_get_their_zero_back(agent):
    mapping = {0: "name", 2: "phone"}
    found = rows(outcome("03_phones_two_header_rows.xlsx", agent, sheet=0, heading_row=1, mapping=mapping))
    for right in EXPECTED["03_phones_two_header_rows.xlsx"]:
        landline = (right["landline"] or "").split(" ")[0]
        assert found[right["row"]].phone == landline, right


def test_cust_34_sample_04_without_headings_into_the_public_pool(agent):
    found = outcome(
        "04_pool_without_header.xlsx", agent, heading_row=0, mapping={0: "name", 2: "phone"}, into_pool=True
    )
    assert [(line.number, line.values["name"], line.phone, line.fate) for line in found.lines] == [
        (one["row"], one["name"], one["phone"], "created") for one in EXPECTED["04_pool_without_header.xlsx"]
    ]
    assert all(line.place.is_nobodys for line in found.lines)


def test_cust_34_sample_05_owner_by_name_and_one_industry(agent):
    found = rows(outcome("05_instructions_above_header.xlsx", agent, kind="enterprise"))
    assert sorted(found) == [15, 16, 17]
    assert (found[15].owner.name, found[15].values["tax_id"]) == ("陈晓雯", "915101060000040406")
    assert errors(found[15]) == {("industry", "invalid")}
    assert errors(found[16]) == {("owner", "invalid")}
    assert (found[16].values["code"], found[16].values["tax_id"]) == ("CUS202603010502", "91510106000005050E")
    assert (found[17].owner.name, found[17].values["level"]) == ("周子昂", "prospective")
    assert "industry" in {one.target for one in found[17].errors}


@pytest.mark.parametrize(("hidden", "numbers"), [("", [3, 4, 5, 6, 7]), ("visible", [3, 5, 7])])
def test_cust_34_sample_07_hidden_rows_are_asked_about(world, hidden, numbers):
    found = outcome("07_filtered_hidden_total.xlsx", world.actor("regional"), hidden=hidden)
    assert found.hidden == ([] if hidden else [4, 6])
    assert [line.number for line in found.lines] == numbers
    by_row = rows(found)
    assert [by_row[n].values["annual_revenue"] for n in (3, 5, 7)] == [
        Decimal("120000.50"), Decimal("99.99"), Decimal("0.00"),
    ]  # fmt: skip
    assert {line.fate for line in found.lines} == {"created"}, [line.errors for line in found.lines]
    assert [one.number for one in found.table.left_out] == [8]


def test_cust_34_sample_10_csv(agent):
    found = rows(outcome("10_csv_named.xlsx", agent))
    assert (found[2].values["name"], found[2].values["remark"]) == ("一零甲", "第一行\n第二行")
    assert [found[n].phone for n in (3, 4)] == ["13900001002", "13900001003"]


def test_cust_34_sample_12_choices_with_other_blanks_and_dashes(agent):
    found = rows(outcome("12_biff_blank_rows.xls", agent, kind="enterprise"))
    assert sorted(found) == [3, 4]
    row = found[3].values
    assert (row["company_size"], row["source"], row["annual_revenue"]) == (
        "small",
        "walk_in",
        Decimal(1200000),
    )
    assert (found[3].phone, found[4].values["company_size"]) == ("13900001201", "micro")


def test_cust_34_sample_14_formulas_and_errors(agent):
    found = rows(outcome("14_formulas.xlsx", agent))
    assert (found[2].values["name"], found[2].values["annual_revenue"]) == ("十四甲公司", Decimal(1250000))
    assert found[2].values["cooperation_years"] == 3
    for number in (3, 4, 5):
        assert "annual_revenue" in {one.target for one in found[number].errors}, number
    assert "cooperation_years" in {one.target for one in found[6].errors}
    assert found[6].values["annual_revenue"] == Decimal(1200000)
    assert found[7].values["annual_revenue"] == Decimal(125000)
    assert errors(found[8]) == {("name", "import.no_stored_value")}


def test_cust_34_sample_16_blank_rows(agent):
    assert [line.fate for line in outcome("16_blank_styled_rows.xlsx", agent).lines] == ["created"] * 12


def test_cust_34_sample_19_template(agent):
    found = rows(outcome("19_template_with_sample_rows.xlsx", agent))
    assert (found[4].fate, found[4].values["company_size"], found[4].values["source"]) == (
        "created", "small", "referral",
    )  # fmt: skip
    assert found[5].values["company_size"] == "large"
    assert {one.target for one in found[5].errors} == {"phone"}
    assert {one.target for one in found[6].errors} == {"industry", "source", "email"}


def test_cust_34_sample_20_history(agent):
    found = rows(outcome("20_follow_up_history.xlsx", agent))
    assert [found[n].fate for n in range(2, 8)] == [
        "created", "error", "history", "error", "error", "error",
    ]  # fmt: skip
    assert errors(found[5]) == {("follow_method", "invalid")}
    assert found[2].follow_up.at.isoformat() == "2025-03-31T01:05:00+00:00"
    assert (found[4].follow_up.author_id, found[4].follow_up.author_name) == (None, "离职员工张某")
    assert errors(found[3]) == {("next_contact_at", "import.day_without_year")}
    assert errors(found[6]) == {("followed_at", "import.in_future")}
    assert errors(found[7]) == {("follow_content", "required")}
