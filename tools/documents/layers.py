"""The import contracts of ``pyproject.toml`` as pictures, with the purpose of each package."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from tests.support.sources import ROOT, docstring_of, parsed


@dataclass(frozen=True)
class Contract:
    """Layers of one package, the highest first; packages of one layer do not import each other."""

    title: str
    container: str
    levels: list[list[str]]

    def source(self, name: str) -> str:
        """Return the file whose docstring describes a member; empty where it does not exist yet."""
        folder = self.container.replace(".", "/")
        found = (path for path in (f"{folder}/{name}/__init__.py", f"{folder}/{name}.py"))
        return next((path for path in found if (ROOT / path).is_file()), "")


def contracts() -> list[Contract]:
    """Return every layers contract of import-linter."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        Contract(
            declared["name"],
            container,
            [re.findall(r"\w+", layer) for layer in declared["layers"]],
        )
        for declared in settings["tool"]["importlinter"]["contracts"]
        if declared["type"] == "layers"
        for container in declared["containers"]
    ]


def layers() -> str:
    """Return all contracts: the contexts first, then the layers within contexts."""
    return "\n\n".join(
        f"### {one.title}\n\nInside `{one.container.replace('.', '/')}/`:\n\n{_picture(one)}\n\n{_table(one)}"
        for one in contracts()
    )


def _picture(contract: Contract) -> str:
    lines = ["```mermaid", "flowchart TD"]
    for number, names in enumerate(contract.levels):
        boxes = "".join(f"\n    {name}[{name}]" for name in names)
        lines.append(f"  subgraph L{number}[ ]\n    direction LR{boxes}\n  end")
    lines += [f"  L{number} --> L{number + 1}" for number in range(len(contract.levels) - 1)]
    planned = [name for names in contract.levels for name in names if not contract.source(name)]
    if planned:
        lines.append("  classDef planned stroke-dasharray: 4 4\n  class " + ",".join(planned) + " planned")
    return "\n".join([*lines, "```"])


def _table(contract: Contract) -> str:
    rows = [f"| `{name}` | {_purpose(contract, name)} |" for names in contract.levels for name in names]
    return "\n".join(["| package | what it is for |", "|---|---|", *rows])


def _purpose(contract: Contract, name: str) -> str:
    """Return the first paragraph of its docstring."""
    source = contract.source(name)
    if not source:
        return "*not built yet*"
    written = docstring_of(parsed(ROOT / source))
    assert written is not None, f"{source} has no docstring"
    return " ".join(str(written.value.value).split("\n\n")[0].replace("``", "`").split())
