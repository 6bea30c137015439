"""Required fields of a page's form as a person sees them: the star beside the label, always or by a choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.web.pages import Node, Page

_BUTTONS = {"submit", "button"}
# A list of more choices than these asks for a record or a code, and does not change the form.
_MOST_CHOICES = 8
_FEW = 3


def holds(rules: str, values: Mapping[str, str]) -> bool:
    """Return True when all conditions hold, as ``app/static/kepan/office/conditions.js`` reads them."""
    pairs = [rule.partition("=") for rule in rules.split(",")]
    return all(values.get(name.strip(), "") in wanted.split("|") for name, _is, wanted in pairs)


@dataclass(frozen=True)
class Control:
    """One field of a form."""

    name: str
    kind: str
    star: str | None
    choices: tuple[str, ...] = ()
    value: str = ""

    @property
    def is_switch(self) -> bool:
        """Tell whether its value may change what the form requires."""
        return 0 < len(self.choices) <= _MOST_CHOICES

    def is_starred(self, values: Mapping[str, str]) -> bool:
        """Tell whether the star is shown while the form has these values."""
        return self.star is not None and (not self.star or holds(self.star, values))


def controls_of(page: Page) -> list[Control]:
    """Return the fields of the page's own form, hidden ones too."""
    typed = page.values()
    found: dict[str, Control] = {}
    for node in page.form().all():
        if not node["name"] or node.tag not in {"input", "select", "textarea"} or node["type"] in _BUTTONS:
            continue
        choices = _choices(node)
        kind = node["type"] if node.tag == "input" else "remote" if node["data-remote"] else node.tag
        before = found.get(node["name"])
        if before is not None:
            found[node["name"]] = replace(before, choices=(*before.choices, *choices))
            continue
        value = typed[node["name"]]
        found[node["name"]] = Control(
            node["name"], kind, _star(page, node), choices, value if isinstance(value, str) else ""
        )
    return [*found.values()]


def _choices(node: Node) -> tuple[str, ...]:
    if node["type"] in {"checkbox", "radio"}:
        return (node["value"],) if node["type"] == "radio" else ("", node["value"])
    if node.tag == "select" and not node["data-remote"]:
        return tuple(one["value"] for one in node.all("option"))
    return ()


def _star(page: Page, node: Node) -> str | None:
    """Return the condition of the star; empty where it is always there, None without a star."""
    labels = [*page.all(for_=node["id"]), *page.all(id=f"{node['id']}-l")]
    labels += [one for one in page.all(class_="cell") if any(inner is node for inner in one.all())]
    stars = [star for one in labels for kind in ("req", "star") for star in one.all(class_=kind)]
    return stars[0]["data-star-when"] if stars else None


def choices_of(controls: list[Control]) -> Iterator[dict[str, str]]:
    """Generate the form's choices: those that it opens with, then one changed, then two of a few codes."""
    switches = [one for one in controls if one.is_switch]
    opened = {one.name: one.value for one in switches}
    yield opened
    single = [{one.name: code} for one in switches for code in one.choices]
    few = [{one.name: code} for one in switches if len(one.choices) <= _FEW for code in one.choices]
    for changed in (
        *single,
        *(one | other for one, other in combinations(few, 2) if one.keys() != other.keys()),
    ):
        yield opened | changed
