"""A field of a few short tags, typed one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from wtforms import StringField

from app.kernel.text import clean_line

if TYPE_CHECKING:
    from app.kernel.errors import Sentence

_BETWEEN = re.compile(r"[,，、;；\n]+")
_HELP = _("Separated by commas")


class TagsField(StringField):
    """Tags with commas between them, Chinese ones too; ``data`` is the list."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, description=kwargs.pop("description", _HELP), **kwargs)

    def process_data(self, value: Any) -> None:
        self.data: list[str] = [*(value or ())]

    def process_formdata(self, valuelist: list[str]) -> None:
        parts = _BETWEEN.split(valuelist[0]) if valuelist else []
        self.data = [part for part in map(clean_line, parts) if part]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "、".join(self.data or ())
