"""The tools that are run by hand refer to code and tests that exist."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys

from tests.support.sources import ROOT, parsed


def test_every_fault_has_its_code_and_its_tests():
    done = subprocess.run(
        [sys.executable, "tools/mutate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 40


def test_imports_of_tools_exist():
    missing = {}
    for path in sorted((ROOT / "tools").glob("*.py")):
        wanted = {node.module for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)}
        ours = {name for name in wanted if name.split(".")[0] in {"app", "tests", "tools"}}
        missing[path.name] = {name for name in ours if importlib.util.find_spec(name) is None}
    assert {name: modules for name, modules in missing.items() if modules} == {}
