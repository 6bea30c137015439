"""Choice and reference fields, and the results of remote search for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError

from app.kernel.database.columns import Codes
from app.kernel.database.session import db
from app.kernel.text import fold, read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Select

    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary


class ChoiceField(SelectField):
    """A code of a dictionary; labels follow the reader's language."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "SelectField"

    def __init__(self, label: Sentence, dictionary: Dictionary, validators: list[Any], **kwargs: Any) -> None:
        self.dictionary = dictionary
        super().__init__(label, validators, choices=self._choices, coerce=self._code, **kwargs)

    def _choices(self) -> list[tuple[str, str]]:
        offered = [("", gettext("Please choose")), *self.dictionary.choices()]
        held = self._held
        return [*offered, (held, self.dictionary.label(held))] if held else offered

    @property
    def _held(self) -> str | None:
        """The record's current code where it is no longer offered: an edit of other fields keeps it."""
        code = self._code(getattr(self, "object_data", None))
        return code if code in self.dictionary and not self.dictionary.offers(code) else None

    @staticmethod
    def _code(value: Any) -> str | None:
        return str(value) if value not in (None, "") else None

    def pre_validate(self, _form: Any) -> None:
        if self.data is not None and self.data != self._held and not self.dictionary.offers(self.data):
            raise ValidationError(str(_("Not one of the choices")))


class NamesField(SelectMultipleField):
    """Several names on offer, kept as one text with commas; ``offered()`` returns them with their labels.

    A name that is no longer on offer stays until somebody takes it away; whoever declares the text may
    refuse it.
    """

    json_types: tuple[type, ...] = (str,)
    widget_kind = "SelectMultipleField"

    def __init__(self, label: Sentence, offered: Callable[[], list[tuple[str, str]]], **kwargs: Any) -> None:
        self._offered = offered
        super().__init__(label, choices=offered, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = _joined([value or ""])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = _joined(valuelist)

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
        chosen = split_names(self.data)
        labels = {**{name: name for name in chosen}, **dict(self._offered())}
        return ((name, label, name in chosen, {}) for name, label in labels.items())

    def pre_validate(self, _form: Any) -> None:
        """Leave it to the declaration of the text, which knows why a name is wrong."""


class CodesField(SelectMultipleField):
    """Several codes of a dictionary; ``data`` has them in its order, and is None for none."""

    json_types: tuple[type, ...] = (list,)
    item_type = str
    widget_kind = "SelectMultipleField"

    def __init__(self, label: Sentence, dictionary: Dictionary, validators: list[Any], **kwargs: Any) -> None:
        self.dictionary = dictionary
        super().__init__(label, validators, choices=dictionary.every, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = Codes(value) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        given = {code for code in valuelist if code}
        known = [code for code in self.dictionary.codes if code in given]
        self.data = Codes([*known, *sorted(given - set(known))]) or None

    def iter_choices(self) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
        chosen = self.data or ()
        offered = self.dictionary.every()
        return (
            (code, label, code in chosen, {})
            for code, label in offered
            if code in chosen or self.dictionary.offers(code)
        )

    def pre_validate(self, _form: Any) -> None:
        held = getattr(self, "object_data", None) or ()
        if any(code not in held and not self.dictionary.offers(code) for code in self.data or ()):
            raise ValidationError(str(_("Not one of the choices")))


def split_names(text: str) -> list[str]:
    """Return the names in a text with commas between them, each once."""
    return [*dict.fromkeys(part.strip() for part in text.replace("，", ",").split(",") if part.strip())]


def _joined(texts: list[str]) -> str:
    return ", ".join(split_names(",".join(texts)))


class ReferenceField(StringField):
    """The id of another record, chosen by remote search.  ``name_of`` shows the current one."""

    json_types: tuple[type, ...] = (int,)
    widget_kind = "RemoteSelectField"

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        url: Callable[[], str],
        name_of: Callable[[int], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self._url, self._name_of = url, name_of

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = _chosen(valuelist[0])

    @property
    def url(self) -> str:
        """The address of the choices."""
        return self._url()

    def narrow_to(self, record: Any) -> None:
        """Offer only what fits the record whose form this is; a field without such a rule offers all."""

    @property
    def text(self) -> str:
        """Name of the chosen record."""
        return self._name_of(self.data) if isinstance(self.data, int) else ""


class ReferencesField(StringField):
    """Ids of several records, chosen by remote search."""

    json_types: tuple[type, ...] = (list,)
    widget_kind = "RemoteSelectMultipleField"

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        url: Callable[[], str],
        names_of: Callable[[list[int]], Mapping[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self._url, self._names_of = url, names_of

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [_chosen(value) for value in valuelist if value.strip()]

    @property
    def url(self) -> str:
        """The address of the choices."""
        return self._url()

    @property
    def options(self) -> list[tuple[int, str]]:
        """The chosen records with their names."""
        chosen: list[int] = list(self.data or [])
        names = self._names_of(chosen) if chosen else {}
        return [(pk, names.get(pk, str(pk))) for pk in chosen]


def narrow_choices(form: Any, record: Any) -> None:
    """Let the fields of a record's form offer only what fits the record (ACC-15)."""
    for one in form:
        if isinstance(one, ReferenceField):
            one.narrow_to(record)


def _chosen(raw: str) -> int:
    try:
        return read_id(raw)
    except ValueError:
        raise ValueError(str(_("Not one of the choices"))) from None


PAGE = 20
_MAX_PAGE = 1000
_MAX_TYPED = 60


def search_text() -> str:
    """Return the text typed to find a choice."""
    return fold(request.args.get("q", ""))[:_MAX_TYPED]


def empty_choices() -> Response:
    """Return an empty result."""
    return jsonify(results=[], pagination={"more": False})


def _page() -> int:
    return max(1, min(request.args.get("page", 1, type=int), _MAX_PAGE))


def rows_wanted() -> int:
    """Return how many rows from the first the asked page needs, and one that tells whether more follow."""
    return _page() * PAGE + 1


def choices_from(statement: Select[Any], text: Callable[[Any], str]) -> Response:
    """Return the requested page of records, each with its id and label."""
    start = (_page() - 1) * PAGE
    rows = db.session.execute(statement.limit(PAGE + 1).offset(start)).unique().scalars().all()
    return jsonify(
        results=[{"id": row.id, "text": text(row)} for row in rows[:PAGE]],
        pagination={"more": len(rows) > PAGE},
    )
