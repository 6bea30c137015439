"""The default permissions of the built-in roles: declared in code beside the function (access.md).

``init`` writes each to the database once, so that an upgrade adds new ones and never resets an
administrator's changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence


_declared: dict[tuple[str, str], frozenset[str]] = {}
_labels: dict[str, Sentence] = {}
_words: dict[tuple[str, str], Sentence] = {}
_always: set[str] = set()


def grant_always(role: str) -> None:
    """Declare the built-in role that has every permission; no other context needs to name it."""
    _always.add(role)


def grant(
    permissions: Sequence[Permission],
    roles: Iterable[str],
    *,
    label: Sentence = "",
    words: Mapping[str, Sentence] | None = None,
) -> None:
    """Declare the permissions of built-in roles on a resource: members of one enumeration.

    For the page that edits permissions, ``label`` is the name of the resource (default: its list's title),
    and ``words`` name the functions that are not operations.
    """
    resource = permissions[0].resource
    if label:
        _labels[resource] = label
    _words.update({(resource, permission): word for permission, word in (words or {}).items()})
    for permission in permissions:
        key = (f"can_{permission}", resource)
        _declared[key] = _declared.get(key, frozenset()) | frozenset(roles)


def declared_grants() -> dict[tuple[str, str], frozenset[str]]:
    """Return (permission, resource) → built-in roles that have it by default."""
    return {key: roles | _always for key, roles in _declared.items()}


def declared_label(resource: str) -> Sentence:
    """Return the declared name of the resource, if any."""
    return _labels.get(resource, "")


def declared_word(resource: str, permission: str) -> Sentence:
    """Return the declared name of the function, if any."""
    return _words.get((resource, permission), "")
