"""What a page's form reads of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField, MultipleFileField

from app.kernel.db import READ_METHODS

if TYPE_CHECKING:
    from wtforms import Form


class PostedMeta(FlaskForm.Meta):
    """A submitted form reads the posted fields and nothing else: not the record's present values when
    nothing was posted, not JSON, and files only where files are asked for.
    """

    def wrap_formdata(self, form: Form, formdata: Any) -> Any:
        if formdata is None or hasattr(formdata, "getlist"):
            return formdata
        if request.method in READ_METHODS:
            return None
        posted: MultiDict[str, Any] = MultiDict(request.form)
        for name, one in form._fields.items():
            if isinstance(one, FileField | MultipleFileField):
                posted.setlist(name, [*posted.getlist(name), *request.files.getlist(name)])
        return posted
