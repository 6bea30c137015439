"""The project's own files, for tests that look at the sources."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that is committed, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(ROOT / name for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file())


def program_files(suffix: str = ".py") -> list[Path]:
    """Return files of the program: no tests, no migrations."""
    return [
        path
        for path in tracked_files()
        if path.suffix == suffix
        and name_of(path).split("/")[0] not in {"tests", "migrations", "translations"}
    ]


def name_of(path: Path) -> str:
    """Return the path inside the checkout."""
    return path.relative_to(ROOT).as_posix()


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function and method of a file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def docstring_of(node: ast.AST) -> ast.Expr | None:
    """Return the statement that documents a module, class or function."""
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first if is_text and isinstance(first.value.value, str) else None


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string in the code, except docstrings."""
    tree = parsed(path)
    documentation = {id(found.value) for node in ast.walk(tree) if (found := docstring_of(node)) is not None}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
