"""PLAT-11: ``restore --check`` reads an archive and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes.operate import succeed
from tests.support.processes.server import copy_of_world
from tests.support.sources import ROOT

pytestmark = [pytest.mark.both, pytest.mark.process]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["whole", "cut"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the process's own files do not depend on it
def test_plat_11_a_check_by_a_process_of_its_own_leaves_nothing_behind(database, tmp_path, kind):
    data, _url = copy_of_world(database, tmp_path / "data")
    passing = tmp_path / "passing"
    passing.mkdir()
    env = {**os.environ, "KEPAN_DATA_DIR": str(data), "KEPAN_DATABASE_URL": "", "TMPDIR": str(passing)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "app", "kepan", *words]
        return subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
        )

    def everything() -> dict[str, tuple[int, bytes]]:
        places = [path for root in (data, passing) for path in root.rglob("*")]
        return {
            str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"") for path in places
        }

    run("doctor")  # the texts of the pages are compiled at the first start
    before = everything()
    given = Path(succeed(database.app, "backup", "--to", tmp_path / "kept").strip())
    content = given.read_bytes()[: None if kind == "whole" else -100]
    given.write_bytes(content)
    done = run("restore", str(given), "--check")
    assert done.returncode == (0 if kind == "whole" else 1), done.stderr
    assert everything() == before
    assert given.read_bytes() == content
