"""Choices with codes: short lists that forms offer and records store by code (PLAT-7).

A context declares its dictionaries; ``/dictionaries/{name}`` and the forms read them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence


@dataclass(frozen=True)
class Dictionary:
    """A named, ordered list of codes with their labels, and for some codes the tone of their tag."""

    name: str
    labels: Mapping[str, Sentence]
    tones: Mapping[str, str] | None = None

    def __contains__(self, code: object) -> bool:
        return code in self.labels

    def label(self, code: str | None) -> str:
        """The label in the present language; an unknown code shows itself."""
        return "" if code is None else str(self.labels.get(code, code))

    def tone(self, code: str | None) -> str:
        """The tone of the code's tag."""
        return (self.tones or {}).get(code or "", "gray")

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in order."""
        return tuple(self.labels)

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) pairs for a form."""
        return [(code, str(label)) for code, label in self.labels.items()]


_declared: dict[str, Dictionary] = {}


def dictionary(
    name: str, labels: Mapping[str, Sentence], tones: Mapping[str, str] | None = None
) -> Dictionary:
    """Declare a dictionary."""
    made = Dictionary(name, labels, tones)
    _declared[name] = made
    return made


def find_dictionary(name: str) -> Dictionary | None:
    """The dictionary of that name, if there is one."""
    return _declared.get(name)
