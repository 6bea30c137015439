"""Scripts and stylesheets as pages load them: one of each for a kind of page, under names that change with
what is in them (OFF-13).

An office page needs libraries that the framework brings (jQuery, Bootstrap and two plugins).  They stand
before our own modules in one script, and so do the styles.  The name carries a hash of the content: a browser
keeps the file for a year and never asks again.

Everything is put together at start, from the sources.  At set-up (``app/cli/assets.py``) esbuild writes the
same files shorter, under the hash of the longer ones: a source that changed since has another hash, so what
is served is never older than the sources, and without Node the longer ones are served.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

import flask_appbuilder
from flask import current_app, send_file, url_for

from app.kernel.pages import icons
from app.kernel.pages.bundles import FOLDER, entries, join

if TYPE_CHECKING:
    from flask import Flask, Response

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = "vendor"
YEAR = 365 * 24 * 3600  # seconds: how long a browser keeps what never changes under its name
MIMETYPES = {".js": "text/javascript", ".css": "text/css"}
LIBRARIES = {
    "office.css": (
        "css/bootstrap.min.css",
        "css/fontawesome/fontawesome.min.css",
        "css/fontawesome/regular.min.css",
        "css/fontawesome/solid.min.css",
        "css/fontawesome/v4-shims.min.css",
        "css/bootstrap-datepicker/bootstrap-datepicker3.min.css",
        "css/select2/select2.min.css",
        "css/select2/select2-bootstrap.min.css",
    ),
    "office.js": (
        "js/jquery-latest.js",
        "js/bootstrap.min.js",
        "js/bootstrap-datepicker/bootstrap-datepicker.min.js",
        "js/select2/select2.min.js",
    ),
}
_HASHED = re.compile(rf"{FOLDER}/([\w-]+)-([0-9a-f]{{12}})(\.js|\.css)")
_PICTURE = re.compile(r'url\("([\w-]+\.svg)"\)')
_MAP = re.compile(r"^(?:/\*|//)[#@] sourceMappingURL=.*$", re.MULTILINE)


def init_assets(app: Flask) -> None:
    """Serve the files under their names with a hash, and under their plain names too."""
    plain = app.view_functions["static"]

    def serve(filename: str) -> Response:
        hashed = _HASHED.fullmatch(filename)
        name = f"{hashed[1]}{hashed[3]}" if hashed else filename.removeprefix(f"{FOLDER}/")
        if name in asset_names() and filename.startswith(f"{FOLDER}/"):
            return _answer(name, is_current=bool(hashed) and hashed[2] == mark(name))  # type: ignore[index]
        answer = cast("Response", plain(filename=filename))
        if filename.startswith(f"{VENDOR}/icons-"):
            _keep_for_ever(answer)
        return answer

    app.view_functions["static"] = serve
    for name in asset_names():
        mark(name)


def _answer(name: str, *, is_current: bool) -> Response:
    """Return the file as it is now; a page from before an upgrade gets it under its old name, for once."""
    content = served(name)
    answer = send_file(
        BytesIO(content),
        mimetype=MIMETYPES[Path(name).suffix],
        etag=hashlib.sha256(content).hexdigest()[:20],
        max_age=0,
    )
    if is_current:
        _keep_for_ever(answer)
    return answer


def _keep_for_ever(answer: Response) -> None:
    answer.cache_control.no_cache = None
    answer.cache_control.public = True
    answer.cache_control.max_age = YEAR
    answer.cache_control.immutable = True


def asset_url(name: str) -> str:
    """Return the address of a file of ours, such as ``office.css`` or a picture."""
    if name not in asset_names():
        return url_for("static", filename=f"{FOLDER}/{name}", v=_picture_mark(name))
    path = Path(name)
    return url_for("static", filename=f"{FOLDER}/{path.stem}-{mark(name)}{path.suffix}")


def vendor_url(name: str) -> str:
    """Return the address of a third-party script or style; empty where it was not fetched."""
    if not (Path(current_app.static_folder or "") / VENDOR / name).exists():
        return ""
    return url_for("static", filename=f"{VENDOR}/{name}", v=current_app.config["KEPAN_ASSET_VERSION"])


@cache
def asset_names() -> frozenset[str]:
    """Return the names of our files that pages load."""
    return frozenset(entry.name for entry in entries(STATIC / FOLDER))


@cache
def mark(name: str) -> str:
    """Return the hash that the file's name carries."""
    return hashlib.sha256(whole(name)).hexdigest()[:12]


@cache
def _picture_mark(name: str) -> str:
    return hashlib.sha256((STATIC / FOLDER / name).read_bytes()).hexdigest()[:12]


def _with_pictures(css: str) -> str:
    """Name pictures as pages do, so that a browser asks for each once."""
    return _PICTURE.sub(lambda found: f'url("{found[1]}?v={_picture_mark(found[1])}")', css)


@cache
def served(name: str) -> bytes:
    """Return what is sent: the short form where set-up made one of these very sources."""
    short = STATIC / VENDOR / short_name(name)
    if short.exists():
        return short.read_bytes()
    content = whole(name)
    for font, (_path, small, _wanted) in zip(icons.FONTS.values(), small_fonts(), strict=True):
        if not (STATIC / VENDOR / small).exists():
            content = content.replace(
                f"{VENDOR}/{small}".encode(), f"appbuilder/css/webfonts/{font}".encode()
            )
    return content


def short_name(name: str) -> str:
    """Return the name under which set-up writes the short form of a file as it is now."""
    path = Path(name)
    return f"{path.stem}-{mark(name)}.short{path.suffix}"


@cache
def whole(name: str) -> bytes:
    """Return our file with everything that it imports, after the libraries that it builds on."""
    own = join(STATIC / FOLDER / name)
    if name.endswith(".css"):
        own = _with_pictures(own.decode()).encode()
    if name not in LIBRARIES:
        return own
    if name.endswith(".css"):
        css = _framework_styles()
        for path, small, _wanted in small_fonts():
            css = css.replace(f"../webfonts/{path.name}", f"../{VENDOR}/{small}")
        return css.encode() + own
    libraries = "\n;".join(_read(path) for path in LIBRARIES[name])
    # The libraries are older than strict mode, and what they declare is seen by other scripts.
    return f"{libraries}\n;(() => {{\n'use strict';\n".encode() + own + b"})();\n"


@cache
def _framework_styles() -> str:
    return "\n".join(icons.trim(_read(path)) for path in LIBRARIES["office.css"])


@cache
def small_fonts() -> list[tuple[Path, str, str]]:
    """Return for each font of icons the framework's file, the name of the small one that set-up writes, and
    the characters in it.
    """
    wanted = icons.characters(_framework_styles())
    paths = [framework_file(f"css/webfonts/{name}") for name in icons.FONTS.values()]
    return [
        (path, icons.font_name(font, path.read_bytes(), wanted), wanted)
        for font, path in zip(icons.FONTS, paths, strict=True)
    ]


def framework_file(path: str) -> Path:
    """Return a static file of the framework."""
    return Path(flask_appbuilder.__file__).parent / "static" / "appbuilder" / path


def _read(path: str) -> str:
    return _MAP.sub("", framework_file(path).read_text(encoding="utf-8"))
