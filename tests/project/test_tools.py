"""The tools that are run by hand name code and tests that are there."""

from __future__ import annotations

import subprocess
import sys

from tests.support.sources import ROOT


def test_every_deliberate_fault_has_its_place_and_its_tests():
    done = subprocess.run(
        [sys.executable, "tools/mutate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 40
