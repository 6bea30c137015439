"""The icons that pages use, of the two thousand that the framework brings (OFF-13).

Their rules in the stylesheet are 110 KB and their fonts 180 KB; a hundred icons are used.  The rules of the
others are left out of the stylesheet, and at set-up the fonts are reduced to the used characters
(``app/cli/assets.py``).  Without Node the framework's own fonts are used.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_IN = {".py", ".html", ".js", ".css"}
FONTS = {"solid": "fa-solid-900.woff2", "regular": "fa-regular-400.woff2"}
_NAME = re.compile(r"\bfa-[a-z0-9-]+")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CHARACTER = re.compile(r'content:"\\([0-9a-f]+)"')
_UNUSED_FONT = re.compile(r'@font-face\{font-family:"?Glyphicons[^}]*\}')
_OLD_FORMAT = re.compile(r',url\([^)]*\.ttf\) format\("truetype"\)')


@cache
def used() -> frozenset[str]:
    """Return the names that the sources mention; a name is always written out."""
    found: set[str] = set()
    for path in ROOT.rglob("*.*"):
        if path.suffix in WRITTEN_IN and "vendor" not in path.parts:
            found.update(_NAME.findall(path.read_text(encoding="utf-8")))
    return frozenset(found)


def trim(css: str) -> str:
    """Leave the rules of icons that are not used out of a stylesheet of the framework."""
    icons = set(re.findall(r"\.(fa-[a-z0-9-]+):before", css)) - used()

    def keep(match: re.Match[str]) -> str:
        kept = [one for one in match[1].split(",") if not _is_unused(one, icons)]
        return f"{','.join(kept)}{{{match[2]}}}" if kept else ""

    return _RULE.sub(keep, _OLD_FORMAT.sub("", _UNUSED_FONT.sub("", css)))


def _is_unused(selector: str, icons: set[str]) -> bool:
    return "glyphicon" in selector or not icons.isdisjoint(_NAME.findall(selector))


def characters(css: str) -> str:
    """Return the characters of the icons in a trimmed stylesheet, sorted."""
    return "".join(sorted({chr(int(code, 16)) for code in _CHARACTER.findall(css)}))


def font_name(font: str, content: bytes, wanted: str) -> str:
    """Return the name of the file with these characters of a font."""
    return f"icons-{font}-{hashlib.sha256(content + wanted.encode()).hexdigest()[:12]}.woff2"
