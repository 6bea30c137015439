"""One script and one stylesheet for each kind of page, joined from the files that they import (OFF-13).

The sources in ``app/static/kepan`` are ES modules and stylesheets with ``@import``: a browser could load them
as they are, with a request for each.  At start every file at the top of that folder is joined with what it
imports, and ``assets.py`` serves the result.  No Node is needed, and the served files are never older than
the sources.

Each module becomes a function that returns its exports, in the order of the imports, so that its names stay
local.  Only the forms of import and export that the sources use are supported; any other form stops the
start.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


FOLDER = "kepan"
_JS_IMPORT = re.compile(r"^import (?:\{([\w\s,$]*)\} from )?'(\.{1,2}/[^']+\.js)';$", re.MULTILINE)
_JS_EXPORT = re.compile(r"^export (?=(?:const|class|function|async function) ([\w$]+))", re.MULTILINE)
_JS_FOREIGN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_JS_COMMENT_LINE = re.compile(r"^\s*(?://.*|/\*\*[^\n]*\*/)$", re.MULTILINE)
_CSS_IMPORT = re.compile(r'^@import url\("([^"]+\.css)"\);$', re.MULTILINE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_SUFFIXES = {".js", ".css"}


class BundleError(ValueError):
    """A source imports or exports in a way that cannot be joined; the message names the file and the
    reason.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")


def entries(folder: Path) -> list[Path]:
    """Return the files that pages load: scripts and stylesheets at the top of the folder."""
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)


@cache
def join(entry: Path) -> bytes:
    """Return a file with everything that it imports, without comment lines and indentation.

    Raises ``BundleError`` for an import that cannot be joined.
    """
    text = _join_style(entry) if entry.suffix == ".css" else _join_script(entry)
    return _INDENT.sub("", text).encode()


def sources(entry: Path) -> list[Path]:
    """Return the file and all that it imports, each once, in the order in which they take effect."""
    found: list[Path] = []
    _collect(entry, found, ())
    return found


def _collect(path: Path, found: list[Path], above: tuple[Path, ...]) -> None:
    if path in above:
        raise BundleError(path, "it imports itself through " + ", ".join(one.name for one in above))
    if path in found:
        return
    pattern, group = (_CSS_IMPORT, 1) if path.suffix == ".css" else (_JS_IMPORT, 2)
    for match in pattern.finditer(path.read_text(encoding="utf-8")):
        _collect((path.parent / match[group]).resolve(), found, (*above, path))
    found.append(path)


def _join_style(entry: Path) -> str:
    parts = []
    for path in sources(entry):
        text = _CSS_IMPORT.sub("", _CSS_COMMENT.sub("", path.read_text(encoding="utf-8")))
        if "@import" in text:
            raise BundleError(path, 'an import is written @import url("file.css");')
        # Relative addresses in a file of a subfolder are resolved beside the joined file.
        parts.append(text if path.parent == entry.parent else text.replace('url("../', 'url("'))
    return "".join(parts)


def _join_script(entry: Path) -> str:
    paths = sources(entry)
    names = {path: f"module{number}" for number, path in enumerate(paths)}
    if len(paths) == 1:
        return _body(entry, names)
    return "".join(_wrapped(path, names) for path in paths)


def _wrapped(path: Path, names: dict[Path, str]) -> str:
    exports = ", ".join(_exports(path))
    return f"const {names[path]} = (() => {{\n{_body(path, names)}return {{{exports}}};\n}})();\n"


def _exports(path: Path) -> list[str]:
    return _JS_EXPORT.findall(path.read_text(encoding="utf-8"))


def _body(path: Path, names: dict[Path, str]) -> str:
    def bind(match: re.Match[str]) -> str:
        source = (path.parent / match[2]).resolve()
        if not match[1]:
            return ""
        for name in {name.strip() for name in match[1].split(",")} - {"", *_exports(source)}:
            raise BundleError(path, f"{source.name} does not export {name}")
        return f"const {{{match[1]}}} = {names[source]};"

    text = _JS_COMMENT_LINE.sub("", path.read_text(encoding="utf-8"))
    text = _JS_EXPORT.sub("", _JS_IMPORT.sub(bind, text))
    foreign = _JS_FOREIGN.search(text)
    if foreign:
        raise BundleError(path, f"cannot join “{foreign[0]}”")
    return text
