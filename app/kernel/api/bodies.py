"""Reading a body of the API through a form: JSON types are checked strictly, unknown fields refused, then the
form's own validators see the values as they would from a page.  Files come as multipart parts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.kernel.errors import Invalid
from app.kernel.fields.forms import BaseForm, FormField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import FileStorage

    from app.kernel.errors import Sentence


F = TypeVar("F", bound=BaseForm)


def read_json(form_class: type[F], payload: Any, *, partial: bool = False) -> F:
    """Read a JSON object through a form.  ``partial``: absent fields stay unchanged (PATCH).

    :raises Invalid: with a sentence for each field that is wrong, unknown ones included.
    """
    if not isinstance(payload, dict):
        raise Invalid(body=_("A JSON object is expected"))
    data: MultiDict[str, str] = MultiDict()
    errors: dict[str, Sentence] = {}
    form = form_class(formdata=None, meta={"csrf": False})
    _flatten(form._fields, payload, "", data, errors)
    form = form_class(formdata=data, meta={"csrf": False})
    if partial:
        for name in [name for name in form._fields if name not in payload]:
            del form[name]
    form.validate()
    complaints = {**form.complaints(), **errors}
    if complaints:
        raise Invalid(**complaints)
    return form


def read_multipart(form_class: type[F], fields: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> F:
    """Read multipart/form-data through a form: the same fields as in JSON, and files.

    :raises Invalid: with a sentence for each field that is wrong, unknown ones included.
    """
    form = form_class(formdata=CombinedMultiDict([files, fields]), meta={"csrf": False})
    unknown = {name for name in [*fields, *files] if name.split("-")[0] not in form._fields}
    form.validate()
    complaints = {**form.complaints(), **{name: _("Unknown field") for name in sorted(unknown)}}
    if complaints:
        raise Invalid(**complaints)
    return form


def _flatten(
    fields: Mapping[str, Any],
    payload: Mapping[str, Any],
    prefix: str,
    data: MultiDict[str, str],
    errors: dict[str, Sentence],
) -> None:
    for name, value in payload.items():
        path = prefix.replace("-", ".") + str(name)
        one = fields.get(name)
        if one is None:
            errors[path] = _("Unknown field")
        elif value is None:
            continue
        elif isinstance(one, FormField):
            if isinstance(value, dict):
                _flatten(one.form._fields, value, f"{prefix}{name}-", data, errors)
            else:
                errors[path] = _("A JSON object is expected")
        else:
            wrong = _put(one, prefix + name, value, data)
            if wrong:
                errors[path] = wrong


def _put(one: Any, name: str, value: Any, data: MultiDict[str, str]) -> Sentence:
    """Pass a value on as a page would post it.  Return the error of its type, or nothing."""
    if type(value) not in one.json_types:
        return _("Wrong type")
    if getattr(one, "takes_objects", False):
        data.setlist(name, [json.dumps(item) for item in value])
    elif isinstance(value, list):
        kind = getattr(one, "item_type", int)
        if any(type(item) is not kind for item in value):
            return _("Wrong type")
        data.setlist(name, [str(item) for item in value])
    elif isinstance(value, bool):
        data[name] = "true" if value else ""
    else:
        data[name] = str(value)
    return ""
