"""PLAT-16: the README's three ways of installing work as written there."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.databases.empty import empty_database
from tests.support.processes.runners import until
from tests.support.processes.server import ANSWER_SECONDS, free_port, wait_until_ready
from tests.support.sources import ROOT


def _blocks() -> list[str]:
    """Return the commands of the README's three ways: its first three blocks."""
    return re.findall(
        r"^```\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )[:3]


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the committed files, with this environment as its ``.venv``: nothing is fetched."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    target = tmp_path / "kepan"
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    environment = target / ".venv"
    environment.mkdir()
    for path in Path(sys.prefix).iterdir():
        if not path.name.startswith("."):
            (environment / path.name).symlink_to(path)
    for stamp in (".installed", ".assets"):
        (environment / stamp).touch()
    return target


def _serves(directory: Path, script: str, said: str = "") -> str:
    """Run the commands in a shell until ``/readyz`` responds and the log has the text. Return the text of the
    sign-in page.
    """
    port = free_port()
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEPAN_")}
    env = {
        **kept, "PORT": str(port), "PIP_NO_INDEX": "1", "npm_config_offline": "true", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "KEPAN_DATA_DIR": str(directory.parent / "data"),
        "PATH": f"{directory / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    log = directory.parent / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-ec", script], cwd=directory, env=env, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        wait_until_ready(process, log, lambda: _get(port, "/readyz")[0])
        until(lambda: said in log.read_text(encoding="utf-8"))
        return _get(port, "/login/")[1] + log.read_text(encoding="utf-8")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(ANSWER_SECONDS)


def _get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def _with_password(script: str) -> str:
    """Pass the password as options, because a test has no terminal to be asked at."""
    return script.replace(
        "create-admin", "create-admin --username boss --name 王老板 --password Blaue-Wiese-2026"
    )


@pytest.mark.slow
@pytest.mark.process
def test_plat_16_the_first_way_make_run(checkout):
    (command,) = [
        line.split("#")[0].strip() for line in _blocks()[0].splitlines() if line.startswith("make run")
    ]
    said = _serves(checkout, command)
    assert "客盘" in said
    assert "演示账号 demo accounts: admin" in said


@pytest.mark.long
@pytest.mark.process
def test_plat_16_the_second_way_by_hand(checkout):
    script = _blocks()[1]
    assert "flask kepan assets" in script
    said = _serves(checkout, _with_password(script))
    assert "administrator boss created" in said
    assert "客盘" in said


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.both
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_plat_16_the_third_way_for_a_company(database, checkout, tmp_path):
    """With the addresses of this machine: its PostgreSQL, and no Redis."""
    script = _blocks()[2]
    assert "flask kepan jobs" in script
    with empty_database("postgres", tmp_path) as url:
        address = url.replace("postgresql+psycopg://", "postgresql://")
        script = script.replace("postgresql://kepan@db/kepan", address).replace(
            "KEPAN_REDIS_URL=redis://cache ", ""
        )
        said = _serves(checkout, _with_password(script), "running jobs")
    assert "administrator boss created" in said
    assert "客盘" in said
