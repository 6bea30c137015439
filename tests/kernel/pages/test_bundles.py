"""OFF-13: one script and one stylesheet for each kind of page, joined from files by component."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from app.kernel.pages.bundles import BundleError, entries, join, sources

FOLDER = Path(__file__).resolve().parents[3] / "app" / "static" / "kepan"
FILES = sorted([*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css")])
STYLES = [entry for entry in entries(FOLDER) if entry.suffix == ".css"]


def test_every_source_is_part_of_what_a_page_loads():
    used = {path for entry in entries(FOLDER) for path in sources(entry)}
    assert not [path.relative_to(FOLDER) for path in FILES if path not in used]


def test_nothing_is_left_to_import_and_comments_do_not_travel():
    texts = {entry.name: join(entry).decode() for entry in entries(FOLDER)}
    left = re.compile(r"^\s*(import|export)\b|@import|^\s*(//|/\*)", re.MULTILINE)
    assert texts
    assert [name for name, text in texts.items() if left.search(text) or not text.strip()] == []


def test_each_file_begins_with_its_purpose_and_is_short():
    offenders = []
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        if not re.match(r"// \S.*|/\* \S.*\*/$", lines[0]) or len(lines) >= 400:
            offenders.append(str(path.relative_to(FOLDER)))
    assert not offenders


def _rules(text: str) -> list[str]:
    """Return the selectors of a stylesheet, each with the conditions around it."""
    rules, open_blocks = [], []
    for before, brace in re.findall(r"([^{}]*)([{}])", text):
        if brace == "}":
            open_blocks.pop()
            continue
        open_blocks.append(" ".join(before.rsplit(";", 1)[-1].split()))
        if not any(block.startswith(("@keyframes", "@page")) for block in open_blocks):
            rules.append(" > ".join(open_blocks))
    return [rule for rule in rules if not rule.rsplit(" > ", 1)[-1].startswith("@")]


def test_a_selector_is_written_in_one_place():
    counts = {entry.name: Counter(_rules(join(entry).decode())) for entry in STYLES}
    assert {name for name, found in counts.items() if len(found) <= 100} == set(), "rules were not read"
    assert [
        (name, rule) for name, found in counts.items() for rule, count in found.items() if count > 1
    ] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import thing from './other.js';\n", "cannot join"),
        ("import * as thing from './other.js';\n", "cannot join"),
        ("export default 1;\n", "cannot join"),
        ("export let changing = 1;\n", "cannot join"),
        ("import {missing} from './other.js';\n", "does not export missing"),
        ("import {again} from './entry.js';\n", "imports itself"),
    ],
)
def test_what_cannot_be_joined_is_refused_and_says_where(tmp_path, text, reason):
    (tmp_path / "other.js").write_text("// Nothing.\n", encoding="utf-8")
    (tmp_path / "entry.js").write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match=rf"entry\.js: .*{reason}"):
        join(tmp_path / "entry.js")


def test_names_of_one_module_do_not_meet_those_of_another(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.js").write_text(
        "// A.\nconst own = 1;\nexport function a() {\n  return own;\n}\n", encoding="utf-8"
    )
    (tmp_path / "entry.js").write_text("import {a} from './part/a.js';\nconst own = a();\n", encoding="utf-8")
    assert join(tmp_path / "entry.js").decode() == (
        "const module0 = (() => {\nconst own = 1;\nfunction a() {\nreturn own;\n}\nreturn {a};\n})();\n"
        "const module1 = (() => {\nconst {a} = module0;\nconst own = a();\nreturn {};\n})();\n"
    )
