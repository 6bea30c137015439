"""A field that holds a list of small objects of text, as the API's JSON gives it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from wtforms import Field
from wtforms.widgets import TextInput

from app.kernel.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.errors import Sentence


class ObjectsField(Field):
    """Objects with these ``parts``, all of them text, folded; ``data`` is a list of dictionaries.

    Each posted value is the JSON of one object.
    """

    json_types: tuple[type, ...] = (list,)
    takes_objects = True
    widget = TextInput()
    widget_kind = "StringField"

    def __init__(
        self, label: Sentence, validators: list[Any], *, parts: Sequence[str], **kwargs: Any
    ) -> None:
        self.parts = tuple(parts)
        super().__init__(label, validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [self._read(value) for value in valuelist]

    def _read(self, raw: str) -> dict[str, str]:
        try:
            given = dict(json.loads(raw).items())
        except (ValueError, AttributeError):
            raise ValueError(str(_("A JSON object is expected"))) from None
        if {*given} - {*self.parts}:
            raise ValueError(str(_("Unknown field")))
        if any(not isinstance(given.get(part), str) for part in self.parts):
            raise ValueError(str(_("Wrong type")))
        return {part: fold(given[part]) for part in self.parts}

    @property
    def item_schema(self) -> dict[str, Any]:
        """JSON schema of one object."""
        return {
            "type": "object",
            "properties": {part: {"type": "string"} for part in self.parts},
            "required": [*self.parts],
            "additionalProperties": False,
        }


__all__ = ["ObjectsField"]
