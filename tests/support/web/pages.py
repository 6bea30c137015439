"""Pages, read as people do: words, links, fields with their values, errors under them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "title"}


@dataclass
class Node:
    """An element with everything below it."""

    tag: str
    attrs: dict[str, str | None] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attrs.get(name) or ""

    @property
    def text(self) -> str:
        """Return the words inside, blanks joined."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return re.sub(r"\s+", " ", " ".join(parts)).strip()

    def all(self, tag: str = "", **attrs: str) -> list[Node]:
        """Return every element below with this tag and these attributes; ``class_`` is one of its classes."""
        found = []
        for child in self.children:
            if isinstance(child, Node):
                found += [child] if child.is_like(tag, attrs) else []
                found += child.all(tag, **attrs)
        return found

    def one(self, tag: str = "", **attrs: str) -> Node:
        """Return the only such element."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, (tag, attrs, len(found))
        return found[0]

    def is_like(self, tag: str, attrs: dict[str, str]) -> bool:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        if wanted.pop("class", None) not in {None, *self["class"].split()}:
            return False
        return tag in ("", self.tag) and all(self.attrs.get(name) == value for name, value in wanted.items())


def _written(area: Node) -> str:
    """Return the text of a text area; a browser drops the line break after the tag."""
    return "".join(c for c in area.children if isinstance(c, str)).removeprefix("\r\n").removeprefix("\n")


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, response) -> None:
        super().__init__(convert_charrefs=True)
        self.response = response
        self.root = Node("#root")
        self._open = [self.root]
        self.feed(response.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in {node.tag for node in self._open[1:]}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open[-1].tag not in SILENT and data.strip():
            self._open[-1].children.append(data)

    def all(self, tag: str = "", **attrs: str) -> list[Node]:
        return self.root.all(tag, **attrs)

    def one(self, tag: str = "", **attrs: str) -> Node:
        return self.root.one(tag, **attrs)

    @property
    def text(self) -> str:
        """Return everything that can be read on the page."""
        return self.root.text

    def texts(self) -> list[str]:
        """Return each text, and each text in an attribute that is shown or read out."""
        attributes = ("title", "placeholder", "aria-label", "alt", "data-placeholder", "data-unit")
        found = []
        for node in self.all():
            found += [child.strip() for child in node.children if isinstance(child, str)]
            found += [node[name] for name in attributes if node[name]]
        return found

    def form(self) -> Node:
        """Return the page's own form."""
        return next(node for node in self.all("form") if "data-form" in node.attrs)

    def values(self) -> dict[str, str | list[str]]:
        """Return field name → its value."""
        found: dict[str, str | list[str]] = {}
        for node in self.form().all():
            if node.tag == "textarea":
                found[node["name"]] = _written(node)
            elif node.tag == "select":
                chosen = [o["value"] for o in node.all("option") if "selected" in o.attrs]
                found[node["name"]] = chosen if "multiple" in node.attrs else (chosen or [""])[0]
            elif node.tag == "input" and node["type"] == "checkbox":
                found[node["name"]] = node["value"] if "checked" in node.attrs else ""
            elif node.tag == "input":
                found[node["name"]] = node["value"]
        return found

    def errors(self) -> dict[str, str]:
        """Return field name → the error under it."""
        boxes = {node["id"]: node.text for node in self.all(class_="fi-err")}
        fields = [node for node in self.form().all() if node["aria-invalid"] == "true"]
        return {node["name"]: boxes[node["aria-describedby"].split()[0]] for node in fields}
