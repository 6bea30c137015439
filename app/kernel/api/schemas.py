"""JSON schemas of the API's input and output, derived from types, forms and lists (PLAT-9).

A shape is a ``TypedDict``: mypy checks the code against it, and the OpenAPI document is generated from it.
"""

from __future__ import annotations

from inspect import cleandoc
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from wtforms import Field
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.kernel.fields.birthdays import BirthdayField
from app.kernel.fields.choices import ChoiceField, CodesField, ReferenceField, ReferencesField
from app.kernel.fields.forms import BaseForm, FormField
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, WholeField, YesNoField
from app.kernel.fields.texts import ObjectsField
from app.kernel.fields.uploads import FilesField
from app.kernel.lists.requests import MAX_PAGE, ListSpec
from app.kernel.settings.dictionaries import Dictionary
from app.kernel.text import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Callable


Schema = dict[str, Any]

Moment = Annotated[str, "date-time"]
Day = Annotated[str, "date"]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}
_ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}


class Named(TypedDict):
    """A reference to a record."""

    id: int
    name: str


class Refusal(TypedDict):
    """A refusal: ``code`` for machines, ``message`` for people, ``fields`` where input was wrong."""

    code: str
    message: str
    fields: NotRequired[dict[str, str]]


def type_schema(shape: Any, components: dict[str, Schema]) -> Schema:
    """Return the schema of a type; TypedDicts become components."""
    if shape in _PLAIN:
        return dict(_PLAIN[shape])
    if is_typeddict(shape):
        return _record_schema(shape, components)
    inner = get_args(shape)
    read = _GENERIC.get(get_origin(shape))
    if read is None:
        message = f"no schema for {shape!r}"
        raise TypeError(message)
    return read(inner, components)


def _annotated(inner: Any, components: dict[str, Schema]) -> Schema:
    schema, note = type_schema(inner[0], components), inner[1]
    if isinstance(note, Dictionary):
        return {**schema, "enum": [*note.codes]}
    return {**schema, "format": note}


def _one_of(inner: Any, components: dict[str, Schema]) -> Schema:
    return {"anyOf": [type_schema(one, components) for one in inner]}


_GENERIC: dict[Any, Callable[[Any, dict[str, Schema]], Schema]] = {
    Annotated: _annotated,
    Union: _one_of,
    UnionType: _one_of,
    Literal: lambda inner, _components: {"type": "string", "enum": [*inner]},
    list: lambda inner, components: {"type": "array", "items": type_schema(inner[0], components)},
    dict: lambda inner, components: {
        "type": "object",
        "additionalProperties": type_schema(inner[1], components),
    },
}


def _record_schema(shape: Any, components: dict[str, Schema]) -> Schema:
    name = shape.__name__
    if name not in components:
        components[name] = {}  # a record may refer to itself
        types = get_type_hints(shape, include_extras=True)
        components[name] = {
            "type": "object",
            "description": cleandoc(shape.__doc__ or ""),
            "properties": {key: type_schema(_unwrapped(one), components) for key, one in types.items()},
            "required": [key for key, one in types.items() if get_origin(one) is not NotRequired],
            "additionalProperties": shape is Refusal,  # a refusal's details differ from rule to rule
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _unwrapped(shape: Any) -> Any:
    return get_args(shape)[0] if get_origin(shape) is NotRequired else shape


def form_schema(form: BaseForm, *, partial: bool) -> Schema:
    """Return the schema of the JSON that is read through a form.  Null means "not given"."""
    return _object_schema(form._fields, partial=partial)


def multipart_schema(schema: Schema, form_class: type[BaseForm]) -> Schema:
    """Return the same fields as parts of multipart/form-data, and the files."""
    fields = form_class(formdata=None, meta={"csrf": False})._fields
    files = {name: one for name, one in fields.items() if isinstance(one, FilesField)}
    many = {
        name: {
            "type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": one.most,
            "title": str(one.label.text), "description": str(one.description),
        }
        for name, one in files.items()
    }  # fmt: skip
    return {**schema, "properties": {**schema["properties"], **many}}


def _object_schema(fields: dict[str, Any], *, partial: bool) -> Schema:
    given = {
        name: one for name, one in fields.items() if name != "csrf_token" and not isinstance(one, FilesField)
    }
    needed = [name for name, one in given.items() if _is_needed(name, one, partial=partial)]
    return {
        "type": "object",
        "properties": {name: _nullable(_field_schema(one), name in needed) for name, one in given.items()},
        "required": needed,
        "additionalProperties": False,
    }


def _is_needed(name: str, one: Any, *, partial: bool) -> bool:
    """Return True for a field that the form requires; in an edit, only for the version."""
    if partial:
        return name == "version"
    demands = any(isinstance(v, DataRequired | InputRequired) for v in getattr(one, "validators", ()))
    return demands and one.default is None


def _nullable(schema: Schema, needed: bool) -> Schema:  # noqa: FBT001 - one caller
    if needed:
        return schema
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None], "type": ["string", "null"]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*types, "null"]}


def _field_schema(one: Any) -> Schema:
    if isinstance(one, FormField):
        return _object_schema(one.form._fields, partial=True)
    described: Schema = {"title": str(one.label.text)}
    if one.description:
        described["description"] = str(one.description)
    return {**_value_schema(one), **described}


def _value_schema(one: Any) -> Schema:
    return next(read(one) for kind, read in _FIELDS if isinstance(one, kind))


def _text(one: Any) -> Schema:
    longest = [v.max for v in one.validators if isinstance(v, Length) and v.max > 0]
    return {"type": "string", **({"maxLength": min(longest)} if longest else {})}


def _bounds(one: Any) -> Schema:
    found: Schema = {}
    for validator in one.validators:
        if isinstance(validator, NumberRange):
            found = {"minimum": validator.min, "maximum": validator.max}
    return found


# The first matching class determines the schema of a field.
_FIELDS: tuple[tuple[type, Callable[[Any], Schema]], ...] = (
    (ChoiceField, lambda one: {"type": "string", "enum": [*one.dictionary.offered]}),
    (
        CodesField,
        lambda one: {"type": "array", "items": {"type": "string", "enum": [*one.dictionary.offered]}},
    ),
    (BirthdayField, lambda _one: {"type": "string", "maxLength": 20}),
    (ObjectsField, lambda one: {"type": "array", "items": one.item_schema}),
    (MoneyField, lambda one: {"type": ["number", "string"], "minimum": 0, "maximum": one.high}),
    (WholeField, lambda one: {"type": "integer", **_bounds(one)}),
    (YesNoField, lambda _one: {"type": "boolean"}),
    (ReferencesField, lambda _one: {"type": "array", "items": dict(_ID)}),
    (ReferenceField, lambda _one: dict(_ID)),
    (MomentField, lambda _one: {"type": "string", "format": "date-time"}),
    (DayField, lambda _one: {"type": "string", "format": "date"}),
    (Field, _text),
)


def list_arguments(spec: ListSpec) -> dict[str, Schema]:
    """Return the query arguments of a list: filters, paging, order."""
    found: dict[str, Schema] = {}
    for one in spec.filters:
        label = str(one.label)
        found |= {name: {**schema, "title": label} for name, schema in one.arguments().items()}
    orders = [sign + name for name in spec.orders for sign in ("", "-")]
    whole = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}
    return {
        **found,
        "page": {**whole, "default": 1},
        "page_size": {**whole, "description": "Rows of a page; more than 100 counts as 100."},
        "order_by": {"type": "string", "enum": orders, "default": spec.default_order},
    }
