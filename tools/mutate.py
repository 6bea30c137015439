"""Break the program on purpose, one fault at a time, and report whether the tests notice.

    python tools/mutate.py            every fault of tools/mutations.py (a quarter of an hour)
    python tools/mutate.py push lock  the faults with one of these words in their name
    python tools/mutate.py --check    runs no test; only checks that the code and tests of each fault exist

It works on a copy of the committed and changed files. The exit status is 1 when a fault survives.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from mutations import MUTATIONS, Mutation

from tests.support.sources import name_of, tracked_files

FAILED = 1  # pytest's exit status when tests failed


@cache
def _symbols() -> tuple[tuple[str, Path, str], ...]:
    """Return the qualified name, file and text of every function and class of the program."""
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        waiting: list[tuple[str, ast.AST]] = [("", ast.parse(text))]
        while waiting:
            above, parent = waiting.pop()
            for node in ast.iter_child_nodes(parent):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    name = f"{above}.{node.name}".lstrip(".")
                    found.append((name, path, ast.get_source_segment(text, node) or ""))
                    waiting.append((name, node))
    return tuple(found)


def place_of(mutation: Mutation) -> tuple[Path, str]:
    """Return the file and the text of the function or class that gets the fault.

    :raises LookupError: when no, several, or repeated texts match.
    """
    found = [
        (path, text)
        for name, path, text in _symbols()
        if name == mutation.within and text.count(mutation.old) == 1
    ]
    if len(found) != 1:
        message = f"{mutation.name}: found in {len(found)} places called {mutation.within}"
        raise LookupError(message)
    return found[0]


@cache
def _test_functions() -> tuple[tuple[str, str], ...]:
    """Return file and name of every test function of the program that needs no browser."""
    paths = [
        path
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if not {"browser", "project"} & {*path.parts}
    ]
    return tuple(
        (name_of(path), name)
        for path in paths
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


def tests_of(mutation: Mutation) -> list[str]:
    """Return pytest's arguments for the tests of a fault.

    :raises LookupError: when no test has such a name.
    """
    chosen = [
        f"{file}::{name}" for file, name in _test_functions() if any(part in name for part in mutation.tests)
    ]
    if not chosen:
        message = f"{mutation.name}: no test is called …{mutation.tests}…"
        raise LookupError(message)
    return chosen


def _run(directory: Path, tests: list[str], *options: str) -> tuple[int, str]:
    """Run pytest; return its exit status and the end of its output."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *tests]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[-2000:]


def try_out(mutation: Mutation, directory: Path) -> str:
    """Make the fault in the copy, run its tests, undo it; return ``killed`` or ``SURVIVED``."""
    path, text = place_of(mutation)
    copy = directory / name_of(path)
    before = copy.read_text(encoding="utf-8")
    copy.write_text(before.replace(text, text.replace(mutation.old, mutation.new)), encoding="utf-8")
    try:
        status, _said = _run(directory, tests_of(mutation), "-n", "0", "-x")
    finally:
        copy.write_text(before, encoding="utf-8")
    return {0: "SURVIVED", FAILED: "killed"}.get(status, f"BROKEN ({status})")


def _copy(directory: Path) -> None:
    for path in tracked_files():
        target = directory / name_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def main() -> int:
    """Try the chosen faults; return 1 when one of them survives."""
    parser = argparse.ArgumentParser(
        description="Break the program on purpose, and report whether the tests notice."
    )
    parser.add_argument("words", nargs="*", help="only the faults with one of these words in their name")
    parser.add_argument(
        "--check", action="store_true", help="only check that the code and the tests of each fault exist"
    )
    asked = parser.parse_args()
    chosen = [one for one in MUTATIONS if not asked.words or any(word in one.name for word in asked.words)]
    every = list(dict.fromkeys(test for one in chosen for test in tests_of(one) if place_of(one)))
    print(f"{len(chosen)} faults, {len(every)} tests", flush=True)
    if asked.check:
        return 0
    with TemporaryDirectory() as name:
        directory = Path(name)
        _copy(directory)
        status, said = _run(directory, every, "-n", "2")
        if status:
            print(said, "the tests fail without any fault", sep="\n")
            return 1
        outcomes = {}
        for one in chosen:
            outcomes[one.name] = try_out(one, directory)
            print(f"{outcomes[one.name]:10} {one.name}", flush=True)
    left = [name for name, outcome in outcomes.items() if outcome != "killed"]
    print(f"{len(outcomes) - len(left)} of {len(outcomes)} killed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
