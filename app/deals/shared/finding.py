"""Business records in the global search: by their titles (PLAT-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import joinedload

from app.kernel.lists.finding import Found, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.lists.words import WordIndex
    from app.kernel.settings.dictionaries import Dictionary


def kind_of(
    words: WordIndex,
    label: Sentence,
    icon: str,
    endpoint: str,
    permission: Permission,
    scope: Callable[[Actor], Select[Any]],
    statuses: Dictionary,
) -> Kind:
    """Return a kind of records as the search shows them: title, customer, owner and state."""
    model = words.model

    def show(record: Any) -> Found:
        return Found(
            title=record.title,
            code=getattr(record, "code", ""),
            phone=record.name_of_customer,
            owner=record.owner.name,
            status=statuses.label(record.status),
            tone=statuses.tone(record.status),
        )

    people = (joinedload(model.owner), joinedload(model.customer))
    return Kind(model.__audit__, label, icon, endpoint, permission, words, scope, show, options=people)
