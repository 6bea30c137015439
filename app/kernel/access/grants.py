"""Which built-in role may use which function: declared in code beside the function (access.md).

``init`` writes them to the database once each, so that an upgrade brings new ones and never resets what
an administrator changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence


ADMIN = "Admin"

_declared: dict[tuple[str, str], frozenset[str]] = {}
_labels: dict[str, Sentence] = {}
_words: dict[tuple[str, str], Sentence] = {}


def grant(
    permissions: Sequence[Permission],
    roles: Iterable[str],
    *,
    label: Sentence = "",
    words: Mapping[str, Sentence] | None = None,
) -> None:
    """Declare what the built-in roles may do with a resource: permissions of one enumeration.

    The administrator always may.

    Where permissions are edited, ``label`` is what the resource is called, its list's title unless given,
    and ``words`` what its functions are called that are no operations.
    """
    resource = permissions[0].resource
    if label:
        _labels[resource] = label
    _words.update({(resource, permission): word for permission, word in (words or {}).items()})
    for permission in permissions:
        key = (f"can_{permission}", resource)
        _declared[key] = _declared.get(key, frozenset()) | frozenset(roles) | {ADMIN}


def declared_grants() -> dict[tuple[str, str], frozenset[str]]:
    """(permission, resource) → built-in roles that have it as delivered."""
    return dict(_declared)


def declared_label(resource: str) -> Sentence:
    """What the resource is called, if that was declared with a grant."""
    return _labels.get(resource, "")


def declared_word(resource: str, permission: str) -> Sentence:
    """What the function is called, if that was declared with a grant."""
    return _words.get((resource, permission), "")
