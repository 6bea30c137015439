"""List the rules of the specification that tests name, and how many test functions name each.

    python tools/proofs.py                 a table: rule, test functions, files
    python tools/proofs.py --against main  what changed since a revision; fails where a rule lost all proofs

A test that moved to another file counts as the same test. A rule that only a module's docstring names counts
one for each such file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.documents import requirements

Proofs = dict[str, set[tuple[str, str]]]  # rule → (file, test); the test is empty for a whole file


def proofs_in(root: Path) -> Proofs:
    """Return the rules that the tests of a checkout prove."""
    found: Proofs = {rule.id: set() for area in requirements.areas() for rule in area.rules}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for rule, name in requirements.proofs_of(path):
            found.setdefault(rule, set()).add((path.relative_to(root).as_posix(), name))
    return found


def proofs_at(revision: str) -> Proofs:
    """Return the rules that the tests of a revision prove."""
    packed = subprocess.run(
        ["git", "archive", revision, "tests"],  # noqa: S607 - the developer's own git
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    with TemporaryDirectory() as directory, tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(directory, filter="data")
        return proofs_in(Path(directory))


def print_table(proofs: Proofs) -> None:
    """Print rule, number of test functions, number of files."""
    for rule, places in proofs.items():
        print(f"{rule:10} {len(places):4} {len({file for file, _name in places}):4}")
    proved = sum(bool(places) for places in proofs.values())
    print(f"{proved} of {len(proofs)} rules, {sum(map(len, proofs.values()))} proofs")


def compare(before: Proofs, after: Proofs) -> list[str]:
    """Print the changes; return the rules that lost their last proof."""
    for rule in sorted({*before, *after}):
        old, new = before.get(rule, set()), after.get(rule, set())
        if len(old) != len(new):
            print(f"{rule:10} {len(old):4} → {len(new):4}")
        for name in sorted({name for _file, name in old} - {name for _file, name in new} - {""}):
            print(f"{'':10} no longer named by {name}")
    lost = [rule for rule, places in before.items() if places and not after.get(rule)]
    print(
        f"{sum(map(len, before.values()))} → {sum(map(len, after.values()))} proofs; without any now: {lost}"
    )
    return lost


def main() -> int:
    """Print the table, or the comparison; return 1 when a rule lost its last proof."""
    parser = argparse.ArgumentParser(description="List the rules of the specification that tests name.")
    parser.add_argument(
        "--against",
        metavar="REVISION",
        help="list the changes since this revision; fail when a rule lost all its tests",
    )
    asked = parser.parse_args()
    if not asked.against:
        print_table(proofs_in(ROOT))
        return 0
    return 1 if compare(proofs_at(asked.against), proofs_in(ROOT)) else 0


if __name__ == "__main__":
    sys.exit(main())
