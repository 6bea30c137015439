"""Permissions: one enumeration per resource, so that a typo fails a type check and not a user; and which
built-in roles have them by default, declared in code beside the function (access.md).

A member's value is the name under which the framework stores the permission (``can_<name>``).  ``init``
writes each default to the database once, so that an upgrade adds new ones and never resets an administrator's
changes.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.errors import Sentence


_enumerations: dict[str, list[type[Permission]]] = {}


class Permission(StrEnum):
    """Functions on one resource: ``class PushPermission(Permission, resource="Push")``."""

    resource: ClassVar[str]

    def __init_subclass__(cls, *, resource: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.resource = resource
        _enumerations.setdefault(resource, []).append(cls)


class BasicPermission(StrEnum):
    """Functions that the base views serve on every resource that has them; each view says on which."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    EXPORT = "export"


AnyPermission = Permission | BasicPermission


def permission_of(resource: str, name: str) -> Permission:
    """Return the resource's function of that name.

    :raises TypeError: when it is in none of the resource's enumerations.
    """
    for function in chain.from_iterable(_enumerations.get(resource, ())):
        if function == name:
            return function
    message = f"{resource} has no permission {name}"
    raise TypeError(message)


class FilePermission(Permission, resource="File"):
    """Functions on files."""

    READ = "read"


class ListViewPermission(Permission, resource="ListView"):
    """Functions on saved views of lists."""

    USE = "use"
    SHARE = "share"


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
