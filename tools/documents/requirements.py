"""``docs/requirements.md``: every rule of the specification with the tests that name it.

A test names a rule by its id: in its own name (``test_pool_4_…``, ``test_cust_1_and_6_…``,
``test_pool_1d_…``), in its text or the comment above it (``POOL-4``), or in its module's docstring, which
counts for the whole file.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from tests.support.sources import ROOT, docstring_of, name_of, parsed, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

RULES = "docs/requirements.toml"
SHOWN = 3  # tests of one file
WHOLE_FILE = ""
HEAD = """# Requirements and their proofs

Every rule of the specification, and the tests that name it. Written by `make docs` from `docs/requirements.toml` and from
the tests' source; `tests/project/test_documents.py` fails when it is stale or a test names a rule that does not exist.

A test names a rule in its name (`test_pool_4_…`), in its text, or in its module's docstring (`POOL-4`); all of them:
`grep -rniE 'pool[-_]4[^0-9]' tests`. What is listed is what the tests check: a rule of several sentences may be proved
in part, and where that is known the table says what is missing. **Not proved yet** means that no test names it.
"""


@dataclass(frozen=True)
class Rule:
    """One rule; ``missing`` names its parts that are not there yet."""

    id: str
    title: str
    missing: str = ""


@dataclass(frozen=True)
class Area:
    """The rules of one chapter."""

    key: str
    title: str
    rules: list[Rule] = field(default_factory=list)


@cache
def areas() -> list[Area]:
    """Return all chapters in the specification's order."""
    text = tomllib.loads((ROOT / RULES).read_text(encoding="utf-8"))
    partly = text.pop("partly", {})
    found = [
        Area(
            key,
            entries.pop("title"),
            [Rule(f"{key}-{n}", title, partly.pop(f"{key}-{n}", "")) for n, title in entries.items()],
        )
        for key, entries in text.items()
    ]
    assert not partly, f"{RULES}: partly names unknown rules: {sorted(partly)}"
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    keys = "|".join(area.key for area in areas())
    written = re.compile(rf"(?<![A-Za-z-])({keys})-([0-9]+)")
    named = re.compile(rf"(?:^|_)({keys.lower()})_([0-9]+)[a-z]?((?:_and_[0-9]+)*)(?=_|$)")
    return written, named


def ids_in(text: str) -> set[str]:
    """Return the ids in a text, as ``POOL-4``."""
    return {f"{key}-{number}" for key, number in _patterns()[0].findall(text)}


def ids_in_name(name: str) -> set[str]:
    """Return the ids in a test's name: ``test_pool_4_…``, ``test_cust_1_and_6_…``."""
    return {
        f"{key.upper()}-{number}"
        for key, first, more in _patterns()[1].findall(name)
        for number in [first, *re.findall("[0-9]+", more)]
    }


def test_files() -> list[Path]:
    """List every file that pytest collects."""
    return [
        path
        for path in tracked_files()
        if path.name.startswith("test_") and name_of(path).startswith("tests/")
    ]


def proofs_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (id, test) of one file; the test is :data:`WHOLE_FILE` where only the module's docstring names
    the id.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    tree = parsed(path)
    found = [
        (rule, name)
        for name, node in _tests(tree)
        for rule in sorted(ids_in_name(name) | ids_in(_text_of(node, lines)))
    ]
    yield from found
    docstring = docstring_of(tree)
    named = ids_in(docstring.value.value) if docstring is not None else set()
    for rule in sorted(named - {rule for rule, _name in found}):
        yield rule, WHOLE_FILE


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield test functions, those of test classes, the declarations of a class for inherited tests of a kit,
    and state machines assigned as ``TestX = Machine.TestCase``.
    """
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            yield from ((f"{node.name}::{m.name}", m) for m in methods if m.name.startswith("test_"))
            if node.bases:
                yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            machine = getattr(getattr(node.value, "value", None), "id", "")
            if node.targets[0].id.startswith("Test") and machine in classes:
                yield node.targets[0].id, classes[machine]


def _text_of(node: ast.AST, lines: list[str]) -> str:
    """Return the node's source with its decorators and the comment above."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


@cache
def proofs() -> dict[str, list[tuple[str, str]]]:
    """Return id → (file, test), in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in test_files():
        for rule, name in proofs_of(path):
            found.setdefault(rule, []).append((name_of(path), name))
    return found


def unknown_ids() -> dict[str, list[str]]:
    """Return ids that tests name and the specification lacks → the files."""
    known = {rule.id for area in areas() for rule in area.rules}
    return {
        rule: sorted({file for file, _name in places})
        for rule, places in proofs().items()
        if rule not in known
    }


def ranges() -> list[str]:
    """List ids written as a range (``POOL-4 … POOL-6``), as a search does not find the ids between."""
    between = re.compile(_patterns()[0].pattern + r" *(?:…|–|\.\.+|to|bis) *[A-Z]*-?[0-9]")
    return [
        f"{name_of(path)}: {hit.group()}"
        for path in test_files()
        for hit in between.finditer(path.read_text(encoding="utf-8"))
    ]


def document() -> str:
    """Return the text of ``docs/requirements.md``."""
    lines = ["| chapter | rules | proved | proved in part | not proved yet |", "|---|---|---|---|---|"]
    total = Counter[str]()
    for area in areas():
        states = Counter(map(_state, area.rules))
        total += states
        lines.append(_counted(area.title, states))
    lines.append(_counted("**all**", total))
    parts = [HEAD, "\n".join(lines) + "\n", *(_table(area) for area in areas())]
    return "\n".join(parts)


def _state(rule: Rule) -> str:
    if rule.id not in proofs():
        return "open"
    return "partly" if rule.missing else "proved"


def _counted(title: str, states: Counter[str]) -> str:
    figures = (states.total(), states["proved"], states["partly"], states["open"])
    return "| " + " | ".join([title, *map(str, figures)]) + " |"


def _table(area: Area) -> str:
    lines = [f"## {area.title}", "", "| rule | what it says | proved by |", "|---|---|---|"]
    for rule in area.rules:
        missing = f"<br>**Missing:** {rule.missing}" if rule.missing else ""
        lines.append(f"| {rule.id} | {rule.title}{missing} | {_places(proofs().get(rule.id, []))} |")
    return "\n".join(lines) + "\n"


def _places(places: Iterable[tuple[str, str]]) -> str:
    shown = []
    for file, tests in groupby(places, key=lambda place: place[0]):
        short = file.removeprefix("tests/")
        names = [name for _file, name in tests]
        if names == [WHOLE_FILE]:
            shown.append(f"`{short}`")
            continue
        shown += [f"`{short}::{name}`" for name in names[:SHOWN]]
        if len(names) > SHOWN:
            shown[-1] += f" and {len(names) - SHOWN} more there"
    return "<br>".join(shown) or "**not proved yet**"
