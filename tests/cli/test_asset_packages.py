"""PLAT-16: third-party scripts are fetched at set-up: pinned, optional, and never by a page."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from app.cli import assets
from app.kernel.pages.assets import asset_names, short_name, small_fonts
from tests.support.sources import ROOT, name_of, tracked_files


def _npm_that(monkeypatch, action):
    """Replace npm by a stand-in: ``action(folder)`` is what it does."""

    def run(command, *, cwd, **given):
        if command[0] == "node":
            for job in json.loads(given["input"]):
                Path(job["to"]).write_text("short", encoding="ascii")
            return
        assert command[1] == "ci"
        assert "--ignore-scripts" in command
        action(cwd)

    monkeypatch.setattr(assets.shutil, "which", lambda name: name)
    monkeypatch.setattr(assets.subprocess, "run", run)


def _short_names() -> set[str]:
    return {
        *(short_name(name) for name in asset_names()),
        *(small for _path, small, _wanted in small_fonts()),
    }


def _packages(folder):
    for source in assets.FILES.values():
        path = folder / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("// script", encoding="ascii")


def test_assets_are_copied_once(tmp_path, monkeypatch):
    calls = []
    _npm_that(monkeypatch, lambda folder: (calls.append(folder), _packages(folder)))
    assert assets.fetch(tmp_path / "vendor") == f"{len(assets.FILES)} assets copied"
    names = {path.name for path in (tmp_path / "vendor").iterdir()}
    assert names == {*assets.FILES, assets.STAMP, *_short_names()}
    assert assets.fetch(tmp_path / "vendor") == "assets are up to date"
    (tmp_path / "vendor" / "echarts.min.js").unlink()
    assert assets.fetch(tmp_path / "vendor") == f"{len(assets.FILES)} assets copied"
    former = tmp_path / "vendor" / "office-000000000000.short.js"
    former.write_text("of former sources", encoding="ascii")
    (tmp_path / "vendor" / short_name("office.js")).unlink()
    assert assets.fetch(tmp_path / "vendor") == f"{len(assets.FILES)} assets copied"
    assert not former.exists()
    assert len(calls) == 3
    assert not any(folder.exists() for folder in calls)


def test_off_13_what_node_cannot_shorten_is_served_as_it_is(tmp_path, monkeypatch):
    _npm_that(monkeypatch, _packages)
    npm = assets.subprocess.run

    def run(command, **kwargs):
        if command[0] == "node":
            raise subprocess.CalledProcessError(1, "node", stderr="no such platform")
        npm(command, **kwargs)

    monkeypatch.setattr(assets.subprocess, "run", run)
    done = f"{len(assets.FILES)} assets copied"
    assert assets.fetch(tmp_path) == f"{done}; pages load the long forms (no such platform)"
    monkeypatch.setattr(assets.shutil, "which", lambda name: "npm" if name == "npm" else None)
    monkeypatch.setattr(assets, "find_spec", lambda _name: None)
    assert assets.fetch(tmp_path) == "assets are up to date"


def test_without_npm_the_message_explains_the_consequence(tmp_path, monkeypatch):
    monkeypatch.setattr(assets.shutil, "which", lambda _name: None)
    monkeypatch.setattr(assets, "find_spec", lambda _name: None)
    assert "charts appear as tables" in assets.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (subprocess.CalledProcessError(1, "npm", stderr="npm error ENOTFOUND registry\nmore"), "ENOTFOUND"),
        (subprocess.TimeoutExpired("npm", 1), "too long"),
        (FileNotFoundError("npm"), "npm"),
    ],
)
def test_without_a_registry_nothing_breaks(tmp_path, monkeypatch, error, said):
    def fail(_folder):
        raise error

    _npm_that(monkeypatch, fail)
    answer = assets.fetch(tmp_path)
    assert said in answer
    assert "charts appear as tables" in answer
    assert list(tmp_path.iterdir()) == []


def test_packages_are_pinned_with_hashes_and_name_no_registry():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    packages = {path: one for path, one in lock["packages"].items() if path}
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())
    assert {f"node_modules/{name}" for name in wanted} <= set(packages)


def test_nothing_of_others_is_committed():
    assert not [
        name
        for path in tracked_files()
        if (name := name_of(path)).startswith(("app/static/vendor/", "node_modules/"))
    ]
