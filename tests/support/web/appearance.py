"""Faults of a page's appearance: content outside the screen, unreadable or unnamed elements, and words of the
other language (PLAT-15).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from demo.names import DISTRICTS
from tests.support.people.world import PEOPLE, TREES

if TYPE_CHECKING:
    from collections.abc import Iterable

MEASURES = ("sideways", "contrast", "unlabelled", "unnamed", "twins", "icons")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NAMES = [
    "中文", *TREES, *(node[0] for tree in TREES.values() for node in tree.values()),
    *(person.name for person in PEOPLE.values()), *(name for _code, name, _parent in DISTRICTS),
]  # fmt: skip
_SPOKEN = """() => [document.body.innerText, document.title, ...['title', 'placeholder', 'aria-label', 'alt', 'data-tip',
'data-label', 'data-ask', 'data-placeholder'].flatMap(name => [...document.querySelectorAll(`[${name}]`)]
.map(element => element.getAttribute(name)))]"""


def faults(page: Any, measures: tuple[str, ...] = MEASURES) -> list[str]:
    """Return the faults that ``seeing.js`` finds."""
    found = page.evaluate(
        "async names => { await document.fonts.ready; return names.map(name => seeing[name]()); }",
        list(measures),
    )
    return [
        f"{page.url} {name}: {fault}" for name, wrong in zip(measures, found, strict=True) for fault in wrong
    ]


def chinese(page: Any, names: Iterable[str] = ()) -> list[str]:
    """Return Chinese texts that are not data, those read out by screen readers included: neither a name of
    the world, nor one of ``names``, nor its first character in a portrait.
    """
    data = "|".join(sorted(map(re.escape, [*_NAMES, *names]), key=len, reverse=True))
    faces = {person.name[:1] for person in PEOPLE.values()}
    left = _CHINESE.findall(re.sub(data, "", "\n".join(page.evaluate(_SPOKEN))))
    return [f"{page.url} in Chinese: {text}" for text in left if text not in faces]
