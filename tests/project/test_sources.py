"""The quality bars of DESIGN.md that files can be checked for: sizes, pinned packages, no paths of
a machine.
"""

from __future__ import annotations

import re

import pytest

from app.org.roles.names import BUILT_IN
from tests.support.sources import ROOT, docstring_of, functions_of, name_of, program_files, tracked_files

MAX_FILE = 400
MAX_FUNCTION = 40

MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp)/[a-z]")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def test_a_file_has_fewer_than_400_lines():
    written_once = ROOT / "migrations" / "versions"
    paths = [one for one in tracked_files() if one.suffix == ".py" and written_once not in one.parents]
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: size for name, size in sizes.items() if size >= MAX_FILE} == {}


def test_a_function_has_fewer_than_40_lines_without_its_docstring():
    sizes = {
        f"{name_of(path)}:{node.lineno} {node.name}": _size(node)
        for path in program_files()
        for node in functions_of(path)
    }
    assert {name: size for name, size in sizes.items() if size >= MAX_FUNCTION} == {}


def _size(node) -> int:
    written = docstring_of(node)
    documented = written.end_lineno - written.lineno + 1 if written is not None else 0
    return node.end_lineno - node.lineno + 1 - documented


def test_the_sizes_are_measured_on_real_files():
    names = {name_of(path) for path in program_files()}
    assert {"run.py", "config.py", "app/factory.py", "app/customers/profile/services.py"} <= names
    assert any(True for _ in functions_of(ROOT / "app/factory.py"))


def test_no_tracked_file_names_a_path_of_a_machine():
    found = {}
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits = [line.strip()[:120] for line in text.splitlines() if MACHINE_PATHS.search(line)]
        if hits:
            found[name_of(path)] = hits[:3]
    assert not found


def test_the_kernel_names_no_role():
    """Roles are the organisation's: it says which one has every permission (ACC-4)."""
    kernel = [path for path in program_files() if name_of(path).startswith("app/kernel/")]
    said = {name_of(path): path.read_text(encoding="utf-8") for path in kernel}
    assert len(said) > 60
    assert not [(name, role) for name, text in said.items() for role in BUILT_IN if f'"{role}"' in text]


def test_nothing_that_is_generated_is_tracked():
    generated = (".mo", ".pyc", ".db", ".db-wal", ".db-shm", ".log")
    names = [name_of(path) for path in tracked_files()]
    assert not [name for name in names if name.endswith(generated) or name.startswith((".venv/", "build/"))]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_without_a_registry(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = _requirements(text)
    assert len(blocks) > 20
    unpinned = [block.split("\\")[0].strip() for block in blocks if not re.match(r"[\w.-]+==[\w.]+", block)]
    unhashed = [block.split("\\")[0].strip() for block in blocks if not HASH.search(block)]
    assert (unpinned, unhashed) == ([], [])
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host|file://", text)


def _requirements(text: str) -> list[str]:
    """Return each requirement with its continuation lines."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    blocks: list[str] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            blocks[-1] += line
        else:
            blocks.append(line)
    return blocks


def test_the_framework_is_pinned_exactly_where_people_look():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    assert any(re.match(r"Flask-AppBuilder==5\.3\.0\b", line) for line in lines)
    assert any(re.match(r"WTForms<3\.4\b", line) for line in lines)
