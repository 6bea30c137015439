"""Fields for text: lines, paragraphs, rich text, phone numbers, tags, lists of small objects."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nh3
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from wtforms import Field, StringField, TextAreaField
from wtforms.widgets import TextInput

from app.kernel.fields.forms import at_most
from app.kernel.fields.phones import check_phone
from app.kernel.text import clean, clean_line, fold, is_storable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary


NOT_STORABLE = _("It holds characters that cannot be stored; please leave them out")


def cleaned(function: Callable[[str], str]) -> Callable[[Any], Any]:
    """Filter the text of a field: characters are kept or refused, never dropped (PLAT-18)."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not is_storable(value):
            raise ValueError(str(NOT_STORABLE))
        return function(value)

    return read


class LineField(StringField):
    """One line of text, stored as typed without controls and outer blanks."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[cleaned(clean_line)], **kwargs)


class SuggestField(LineField):
    """One line of text for which a dictionary suggests common values."""

    widget_kind = "SuggestField"

    def __init__(self, label: Sentence, dictionary: Dictionary, validators: list[Any], **kwargs: Any) -> None:
        self.dictionary = dictionary
        super().__init__(label, validators, **kwargs)

    @property
    def suggestions(self) -> list[str]:
        """The suggestions, in the user's language."""
        return [label for _code, label in self.dictionary.choices()]


class TextField(TextAreaField):
    """Text of several lines."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "TextAreaField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[cleaned(clean)], **kwargs)


class PhoneField(StringField):
    """A phone number as typed; the service normalises and encrypts it."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "TelField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        render = {"inputmode": "tel", "autocomplete": "off", **kwargs.pop("render_kw", {})}
        limits = [*validators, at_most(40), check_phone]
        super().__init__(label, limits, filters=[cleaned(fold)], render_kw=render, **kwargs)


_TAGS = {
    "p", "br", "b", "strong", "i", "em", "u", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table",
    "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


def sanitise(html: str) -> str:
    """Return rich text without active content: no scripts, styles, forms, external pictures (CH-1)."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "tel"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def rich(html: str) -> Markup:
    """Return rich text as a page shows it; empty for an empty one.  It is sanitised again, whatever was
    stored.
    """
    clean_html = sanitise(html)
    if not clean_html.strip():
        return Markup()
    return Markup('<div class="rich">{}</div>').format(Markup(clean_html))  # noqa: S704 - sanitised


class RichTextField(TextField):
    """Rich text: an editor where its script is available, otherwise the HTML itself in a plain field."""

    widget_kind = "RichTextField"


_BETWEEN = re.compile(r"[,，、;；\n]+")
_HELP = _("Separated by commas")


class TagsField(StringField):
    """Tags separated by commas, including Chinese ones; ``data`` is the list."""

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
