"""The kinds of requests: each says what it reads, who may ask, and what happens on approval (APP-1, APP-4).

A subject declares its kind in ``setup.py``; the services know none of them by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.approvals.models import ApprovalRequest
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision, Sentence

Values = dict[str, Any]

SUPERIOR = "superior"
ROLE = "role:"  # followed by the role's name


@dataclass(frozen=True)
class Change:
    """One field of a difference, as people read it: before → after (APP-6)."""

    field: str
    label: Sentence
    before: str
    after: str


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    ``levels`` are those who approve, in order: :data:`SUPERIOR`, or :data:`ROLE` with a role. With
    ``by_two`` one person decides at one level only (APP-1). ``read(values)`` checks what is asked for and
    returns it as it is stored; ``present(customer, proposed)`` returns what the customer has of the same
    fields. ``policy`` says who may ask, ``check(before, proposed)`` what the state forbids. ``apply``
    changes the customer, which is locked, for the person who approved last; ``difference`` shows both.
    """

    code: str
    levels: Sequence[str]
    read: Callable[[Mapping[str, Any]], Values]
    present: Callable[[Customer, Values], Values]
    policy: Callable[[Actor, Customer, Facts], Decision]
    check: Callable[[Values, Values], Decision]
    apply: Callable[[Customer, ApprovalRequest, Actor], None]
    difference: Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[Change]]
    by_two: bool = False


_kinds: dict[str, Kind] = {}


def declare_request_kind(kind: Kind) -> None:
    """Declare a kind of request, while the contexts are loaded."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """Return a declared kind.

    :raises Invalid: for any other code.
    """
    if code not in _kinds:
        raise Invalid(kind=_("Not one of the choices"))
    return _kinds[code]


def difference_of(request: ApprovalRequest) -> Sequence[Change]:
    """Return what a request asks to change, field by field (APP-3)."""
    return kind_of(request.kind).difference(request.before, request.proposed)


def only(values: Mapping[str, Any], *names: str) -> Values:
    """Return what is given of the kind's own fields.

    :raises Invalid: for fields of other kinds.
    """
    given = {name: value for name, value in values.items() if value is not None and value != []}
    others = {f"values.{name}": _("Unknown field") for name in given if name not in names}
    if others:
        raise Invalid(**others)
    return given
