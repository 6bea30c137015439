"""Form fields for tags (CUST-23)."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.tags.queries import tag_names
from app.kernel.fields.choices import ReferencesField
from app.kernel.fields.texts import ObjectsField


def tags_field(label: Any, validators: list[Any], **kwargs: Any) -> ReferencesField:
    """Return a field for several tags, chosen by remote search."""
    return ReferencesField(
        label, validators, url=lambda: url_for("TagView.options"), names_of=tag_names, **kwargs
    )


class TagWordsField(ObjectsField):
    """Tags in the API: names, or ids; each posted value is the JSON of one."""

    def __init__(self, label: Any, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, parts=(), **kwargs)

    def _read(self, raw: str) -> Any:
        try:
            given = json.loads(raw)
        except ValueError:
            given = None
        if type(given) is int or (isinstance(given, str) and given.strip()):
            return given
        raise ValueError(str(_("The name or the id of a tag")))

    @property
    def item_schema(self) -> dict[str, Any]:
        """JSON schema of one tag."""
        return {"type": ["string", "integer"], "minLength": 1, "maxLength": 30}
