"""Fields of the phone's forms, and the form that acts once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from wtforms import HiddenField

from app.kernel.fields.choices import ReferenceField
from app.kernel.fields.forms import BaseForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.errors import Sentence


class PickField(ReferenceField):
    """The id of one of a few records, in the phone's own picker.

    The page says which are ``offered``; the service decides.
    """

    widget_kind = "PickField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, url=str, name_of=lambda _pk: "", **kwargs)
        self.offered: list[tuple[int, str]] = []

    def offer(self, records: Iterable[Any], chosen: int | None = None) -> None:
        """Offer records by name; ``chosen`` is preselected, where it is one of them."""
        self.offered = [(one.id, one.name) for one in records]
        if self.raw_data is None and any(pk == chosen for pk, _name in self.offered):
            self.data = chosen


class OnceForm(BaseForm):
    """A form that acts once even if it is sent twice (CH-32): each page has its own value of ``once``."""

    once = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.once.data = self.once.data or secrets.token_urlsafe(12)
