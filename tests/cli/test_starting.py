"""PLAT-16: errors that prevent a start are reported as a sentence; only the owner can read the
written files.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from unittest.mock import Mock

import pytest

from app.cli import database_dumps as snapshots
from app.cli.installation import schema_head
from config import StartError, read_settings
from tests.support.databases.database import make_app
from tests.support.people.world import PASSWORD
from tests.support.processes.operate import close, command, fresh_installation, succeed
from tests.support.processes.server import Server, copy_of_world, free_port
from tests.support.sources import ROOT


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "PORT is a whole number from 1 to 65535, not 'http'"),
        ("PORT", "70000", "PORT is a whole number from 1 to 65535"),
        ("PORT", "0", "PORT is a whole number from 1 to 65535"),
        ("KEPAN_PROXIES", "yes", "KEPAN_PROXIES is a whole number"),
        ("KEPAN_PROXIES", "-1", "KEPAN_PROXIES is a whole number"),
        ("KEPAN_LEASE_SECONDS", "60", "KEPAN_LEASE_SECONDS is a whole number from 1 to 20"),
        ("KEPAN_LOG_LEVEL", "loud", "KEPAN_LOG_LEVEL is one of DEBUG"),
        ("KEPAN_DATABASE_URL", "mysql://root@db/kepan", "KEPAN_DATABASE_URL has the form sqlite:"),
        ("KEPAN_DATABASE_URL", "kepan.db", "KEPAN_DATABASE_URL has the form sqlite:"),
        ("KEPAN_DATABASE_URL", "postgresql://u@h:port/x", "KEPAN_DATABASE_URL has the form sqlite:"),
        ("KEPAN_SMTP_URL", "mail.example", "KEPAN_SMTP_URL begins with smtp://"),
        ("KEPAN_FILES_URL", "ftp://x", "KEPAN_FILES_URL begins with"),
    ],
)
def test_plat_16_a_setting_that_cannot_be_used_is_named(tmp_path, name, value, said):
    with pytest.raises(StartError, match=said):
        read_settings({"KEPAN_DATA_DIR": str(tmp_path), name: value})


def _environment(directory, **env: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KEPAN_")}
    return {**kept, "KEPAN_DATA_DIR": str(directory), "KEPAN_RATE_LIMITS": "off", **env}


def _run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def _refused(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [["run.py"], ["-m", "flask", "--app", "app", "kepan", "init"]])
@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"PORT": "eighty"}, "PORT is a whole number"),
        ({"HOST": "203.0.113.7"}, "KEPAN_RATE_LIMITS=off"),
        ({"KEPAN_DATABASE_URL": "postgresql://kepan@127.0.0.1:9/kepan"}, "does not answer"),
    ],
)
def test_plat_16_no_start_ends_in_a_traceback(tmp_path, words, env, said):
    _refused(_run(*words, env=_environment(tmp_path, **env)), said)


@pytest.fixture(params=["no database", "malformed"])
def damaged(request, database, tmp_path):
    """The data directory of an installation whose database file was overwritten, and a backup of it."""
    archive = succeed(database.app, "backup", "--to", tmp_path / "backups").strip()
    data, _url = copy_of_world(database, tmp_path / "data")
    file = data / "kepan.db"
    whole = file.read_bytes()
    kept = 0 if request.param == "no database" else 100  # the header; the tables behind it are gone
    file.write_bytes(whole[:kept] + b"\xa5" * (len(whole) - kept))
    return data, archive


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_16_a_damaged_database_file_is_reported_and_can_be_restored(database, damaged):
    data, archive = damaged
    env = {**_environment(data), "PORT": str(free_port())}
    kepan = ["-m", "flask", "--app", "app", "kepan"]
    said = f"the database file {data / 'kepan.db'} is damaged"
    for words in (["run.py"], [*kepan, "init"], [*kepan, "backup"], [*kepan, "demo"]):
        _refused(_run(*words, env=env), said)
    doctor = _run(*kepan, "doctor", env=env)
    assert (doctor.returncode, "Traceback" in doctor.stderr + doctor.stdout) == (1, False)
    assert said in doctor.stdout
    serving = {name: value for name, value in env.items() if name != "KEPAN_RATE_LIMITS"}
    bind = f"--bind=127.0.0.1:{env['PORT']}"
    serve = _run("-m", "gunicorn", "--config", "gunicorn.conf.py", bind, "app:create_app()", env=serving)
    assert serve.returncode == 3
    assert said in serve.stderr
    assert "Traceback" not in serve.stderr
    _refused(_run(*kepan, "restore", archive, env=env), "--force")
    restored = _run(*kepan, "restore", archive, "--force", env=env)
    assert restored.returncode == 0, restored.stderr
    assert _run(*kepan, "doctor", env=env).stdout.count("damaged") == 0


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the port does not depend on the database
def test_plat_16_a_port_in_use_is_reported(database, tmp_path):
    directory, _url = copy_of_world(database, tmp_path / "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        port = str(taken.getsockname()[1])
        _refused(_run("run.py", env=_environment(directory, PORT=port)), f"port {port} is taken")
    _refused(
        _run("run.py", env=_environment(directory, HOST="203.0.113.7", KEPAN_RATE_LIMITS="on")),
        "203.0.113.7:8080 cannot be served on",
    )


@pytest.mark.parametrize(
    "words",
    [
        ["demo"], ["create-admin", "--username", "boss", "--name", "老板", "--password", "Kepan-test-2026"],
        ["reset-password", "--username", "boss", "--password", "Kepan-test-2026"], ["rotate-keys"],
        ["sweep-files"], ["jobs"], ["jobs", "list"], ["jobs", "run", "tidy"], ["audit-verify"],
        ["unmerge", "CUS20260001"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_plat_11_commands_before_init_ask_for_init_first(tmp_path, backend, words):
    with fresh_installation(backend, tmp_path / "new") as app:
        refused = command(app, *words)
    assert (refused.exit_code, "first: flask kepan init" in refused.stderr) == (1, True), refused.output


def test_plat_11_every_command_is_known_to_work_before_init_or_to_refuse(app):
    """A new command has to be classified: ``commands.py`` lists those that work at any time."""
    from app.cli.commands import _ANYTIME, kepan

    assert set(kepan.commands) - _ANYTIME == {
        "audit-verify", "create-admin", "demo", "jobs", "reset-password", "rotate-keys", "sweep-files",
        "unmerge",
    }  # fmt: skip
    assert set(kepan.commands) > _ANYTIME
    assert schema_head()


def test_plat_11_a_backup_that_finds_no_room_says_so(database, tmp_path, monkeypatch):
    """It leaves nothing behind, least of all keys."""
    full = Mock(side_effect=OSError(28, "No space left on device"))
    monkeypatch.setattr("app.cli.backup._add_text", full)
    refused = command(database.app, "backup", "--to", tmp_path / "kept")
    assert (refused.exit_code, "No space left on device" in refused.stderr) == (1, True)
    assert list((tmp_path / "kept").iterdir()) == []
    monkeypatch.setattr(snapshots, "dump", full)
    assert command(database.app, "backup", "--to", tmp_path / "kept").exit_code == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_11_a_backup_into_a_directory_that_cannot_be_made_says_so(database, tmp_path):
    (tmp_path / "file").write_text("")
    refused = command(database.app, "backup", "--to", tmp_path / "file" / "below")
    assert (refused.exit_code, "cannot be written to" in refused.stderr) == (1, True)


def test_plat_16_a_database_in_a_directory_that_others_read_is_private(tmp_path):
    """PLAT-16: the directory was there before, and so was the file."""
    directory = tmp_path / "there"
    directory.mkdir(mode=0o755)
    database = directory / "kepan.db"
    sqlite3.connect(database).close()
    database.touch()
    database.chmod(0o644)
    app = make_app(directory)
    succeed(app, "init")
    try:
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.rglob("*") if path.is_file()
        }
        assert {"kepan.db", "keys.json"} <= set(modes)
        assert {name for name, mode in modes.items() if mode & 0o077} == set()
    finally:
        close(app)
    database.chmod(0o640)
    assert f"others can read {database}" in command(app, "doctor").output
    close(app)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the log does not depend on the database
def test_plat_13_everything_that_the_server_logs_is_json_and_private(database, tmp_path):
    directory, url = copy_of_world(database, tmp_path / "data")
    log = tmp_path / "server.log"
    with Server(directory, log, url, KEPAN_LOG_LEVEL="DEBUG") as server:
        token = server.token("agent", PASSWORD)
        assert server.request("GET", "/api/v1/customers", token=token).status == 200
        assert server.request("GET", "/nowhere").status == 404
        server.process.terminate()
        assert server.process.wait(30) == 0
    banner = ("客盘 Kepan: ", "数据目录 data: ")
    lines = [line for line in log.read_text().splitlines() if not line.startswith(banner)]
    assert lines
    for line in lines:
        assert {"event", "level"} <= set(json.loads(line)), line
    shared = [path for path in directory.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert shared == []


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_16_gunicorn_logs_json_and_does_not_start_without_the_keys(database, tmp_path):
    directory, url = copy_of_world(database, tmp_path / "data")
    shutil.move(directory / "keys.json", tmp_path / "keys.json")
    env = _environment(directory, **({"KEPAN_DATABASE_URL": url} if url else {}))
    del env["KEPAN_RATE_LIMITS"]
    words = ["-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{free_port()}", "app:create_app()"]
    done = _run(*words, env=env)
    assert done.returncode == 3
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert any("keys.json is missing" in line["event"] for line in said)
    unsafe = _run(*words, env={**env, "KEPAN_SHOW_CODES": "on", "HOST": "203.0.113.7"})
    assert unsafe.returncode == 3
    assert "accepted on a loopback address only" in unsafe.stderr
    assert "Traceback" not in unsafe.stderr
