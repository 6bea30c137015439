"""Documents are true: the generated ones are up to date, and the names in them exist."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib

from tests.support.sources import ROOT, name_of, parsed, tracked_files
from tools.documents import requirements
from tools.documents.documents import DOCUMENTS

# Documents that are written by hand, at least in part.
PAGES = [path for path in tracked_files() if path.suffix == ".md" and name_of(path) != "docs/requirements.md"]
FILE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|html|toml|txt|in))(?:: ([\w, ]+))?`")
APP_PATH = re.compile(r"(?<![\w/])app/[\w/.]*\w")
APP_NAME = re.compile(r"(?<![\w.])app(?:\.\w+)+")
LINK = re.compile(r"\]\(([^)#:]+)\)")
FOLDER = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`")


def test_the_generated_documents_are_fresh():
    stale = [name for name, made in DOCUMENTS.items() if (ROOT / name).read_text(encoding="utf-8") != made()]
    assert stale == [], "run `make docs`"


def test_tests_name_rules_that_exist():
    assert requirements.unknown_ids() == {}


def test_ids_are_written_out_so_that_searching_finds_them():
    assert requirements.ranges() == []


def test_a_partly_missing_rule_is_partly_proved():
    """A rule that no test names is wholly open."""
    partly = {rule.id for area in requirements.areas() for rule in area.rules if rule.missing}
    assert partly - set(requirements.proofs()) == set()


# Written with a tilde, so that this file names no rule itself.
SOME_FILE = '''"""ACC~1, CH~2: what the whole file is about."""
OTHER = "PLAT~9"
def test_cust_1_and_6_both(): pass
def test_pool_1d_then_pool_2_a_letter(): pass
# APP~3: above
@mark
def test_above(): pass
def test_within():
    assert 1  # HAND~4
def test_app_is_no_rule(): pass
class Machine:
    """CH~14"""
TestMachine = Machine.TestCase
class TestList(ListViewTests):
    """CH~16: what the kit's tests prove"""
'''


def test_ids_are_found_in_every_place(tmp_path):
    file = tmp_path / "test_some.py"
    file.write_text(SOME_FILE.replace("~", "-"), encoding="utf-8")
    assert [(rule.replace("-", "~"), name) for rule, name in requirements.proofs_of(file)] == [
        ("CUST~1", "test_cust_1_and_6_both"),
        ("CUST~6", "test_cust_1_and_6_both"),
        ("POOL~1", "test_pool_1d_then_pool_2_a_letter"),
        ("POOL~2", "test_pool_1d_then_pool_2_a_letter"),
        ("APP~3", "test_above"),
        ("HAND~4", "test_within"),
        ("CH~14", "TestMachine"),
        ("CH~16", "TestList"),
        ("ACC~1", requirements.WHOLE_FILE),
        ("CH~2", requirements.WHOLE_FILE),
    ]


def _found(name):
    """Return True for a path from the root, from ``app`` or from ``tests``; a bare name may be anywhere."""
    if "/" not in name:
        return [path for path in tracked_files() if path.name == name]
    return [path for base in ("", "app", "tests") if (path := ROOT / base / name).exists()]


def test_names_in_a_page_exist():
    assert {name_of(page): wrong for page in PAGES if (wrong := _unknown_names(page))} == {}


def _unknown_names(page):
    wrong = []
    text = page.read_text(encoding="utf-8")
    for name, inside in FILE.findall(text):
        found = _found(name)
        wrong += [] if found else [name]
        known = {one for path in found if path.suffix == ".py" for one in _defined(path)}
        wrong += [f"{name}: {one}" for one in re.findall(r"\w+", inside) if one not in known]
    wrong += [name for name in FOLDER.findall(text) if not _found(name)]
    return wrong


def _defined(path):
    """Return the names that a module defines: functions, methods, classes, constants."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name))


def test_the_pages_are_looked_at():
    assert {"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/extending.md"} <= {
        name_of(path) for path in PAGES
    }
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert ("pool/shelving/services.py", "unshelve_customer") in FILE.findall(text)


def test_links_lead_to_files():
    links = {(page, link) for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))}
    assert [(name_of(page), link) for page, link in links if not (page.parent / link).exists()] == []


def _resolves(name):
    """Return True for a dotted name of a module, or of a name in one."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        for one in parts[size:]:
            found = getattr(found, one, None)
        return found is not None
    return False


def _unknown_places(text):
    paths = [path for path in APP_PATH.findall(text) if not (ROOT / path).exists()]
    return paths + [
        name for name in APP_NAME.findall(text) if not name.endswith(".py") and not _resolves(name)
    ]


def test_whatever_a_page_names_of_the_application_exists():
    found = {name_of(page): _unknown_places(page.read_text(encoding="utf-8")) for page in PAGES}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_name_of_the_application_that_is_gone_is_found():
    here = "`app/pool/shelving/policies.py` of app.pool.shelving.policies.can_unshelve in app/pool"
    gone = "app/pool/rules.py, `app.pool.rules`, app.pool.shelving.policies.can_fly"
    assert _unknown_places(here) == []
    assert _unknown_places(gone) == [
        "app/pool/rules.py",
        "app.pool.rules",
        "app.pool.shelving.policies.can_fly",
    ]


def test_every_import_contract_of_layers_is_drawn():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {one["name"] for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers"}
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert named - {line.removeprefix("### ") for line in text.splitlines()} == set()
