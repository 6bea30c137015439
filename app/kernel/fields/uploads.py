"""Files in forms: the field, and the maximum size of a form with files.

Files are checked last: number, size and kind with the other fields, and pictures are decoded only when all
other fields are valid (a public form decodes them later still, see :class:`FilesField`), before any service
runs: decoding takes time, and meanwhile no transaction may hold up the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from app.kernel.access.current import actor_or_none
from app.kernel.database.transactions import end_reading
from app.kernel.errors import Decision, Denied
from app.kernel.files.attachments import MAX_BYTES, MAX_FILES, UnacceptableError, identify, receive
from app.kernel.files.images import BusyError
from app.kernel.files.storage import digest_and_size
from app.kernel.files.types import ACCEPTED

if TYPE_CHECKING:
    from flask import Flask

    from app.kernel.errors import Sentence


_HELP = _(
    "Pictures, PDF, office documents or text; at most %(files)s files of %(size)s MB",
    files=MAX_FILES,
    size=MAX_BYTES // 1024 // 1024,
)
BUSY = Decision(
    allowed=False,
    code="busy",
    message=_("Many pictures are being taken in at this moment; please send it again in a few seconds"),
    status=503,
)


class FilesField(MultipleFileField):
    """Any number of files; after validation ``data`` holds each as :class:`Upload`.

    ``longest`` is the number of pixels that a picture for display only needs; ``most`` is the maximum number
    of files.  ``images_only`` accepts only pictures.  With ``is_late`` the caller itself calls
    :meth:`take_in`, after it has verified the sender.
    """

    json_types: tuple[type, ...] = ()  # JSON carries none: a client with files sends multipart/form-data
    widget_kind = "MultipleFileField"
    errors: Any  # the framework's: a tuple, or a list once it was validated

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        longest: int = 0,
        most: int = MAX_FILES,
        images_only: bool = False,
        is_late: bool = False,
        **kwargs: Any,
    ) -> None:
        self.longest, self.most, self.images_only, self.is_late = longest, most, images_only, is_late
        render = {"accept": ACCEPTED, "data-max-bytes": MAX_BYTES, "data-max-files": most}
        super().__init__(
            label,
            validators,
            render_kw={**render, **kwargs.pop("render_kw", {})},
            description=kwargs.pop("description", _HELP),
            **kwargs,
        )

    def process_data(self, _value: Any) -> None:
        self.data: list[Any] = []

    def process_formdata(self, valuelist: list[Any]) -> None:
        sent = [one for one in valuelist if not isinstance(one, FileStorage) or one.filename]
        self.data = [one for one in sent if one != ""]

    def pre_validate(self, _form: Any) -> None:
        if any(not isinstance(one, FileStorage) for one in self.data):
            raise ValidationError(gettext("A file is expected"))
        if len(self.data) > self.most:
            raise ValidationError(gettext("At most %(n)s files", n=self.most))
        try:
            for one in self.data:
                identify(one.filename or "", one.stream, images_only=self.images_only)
        except UnacceptableError as error:
            raise ValidationError(str(error.reason)) from None

    def take_in(self) -> None:
        """Decode the pictures; ``data`` then holds the files to store.

        :raises UnacceptableError: with the reason.
        :raises Denied: ``busy`` (503), when too many pictures wait already.
        """
        if not self.data:
            return
        end_reading()
        try:
            self.data = [receive(one.filename or "", one.stream, self.longest) for one in self.data]
        except BusyError:
            raise Denied(BUSY) from None

    def judge(self) -> bool:
        """Decode the pictures when all other fields of the form are valid; errors appear on the field.

        :raises Denied: ``busy`` (503).
        """
        try:
            if not self.is_late:
                self.take_in()
        except UnacceptableError as error:
            self.errors = [*self.errors, str(error.reason)]
        return not self.errors

    @property
    def lost(self) -> str:
        """Names of files that must be chosen again, because browsers never submit a file twice."""
        called = [one.filename if isinstance(one, FileStorage) else one.name for one in self.data]
        return "、".join(str(name) for name in called)


def takes_files(form: Any) -> bool:
    """Return True for a form class with a field for files."""
    fields = [getattr(form, name, None) for name in dir(form)] if isinstance(form, type) else []
    return any(isinstance(one, UnboundField) and issubclass(one.field_class, FilesField) for one in fields)


def fingerprints() -> list[tuple[str, str, str]]:
    """Return field, name and content hash of the files of this request."""
    sent = request.files.items(multi=True)
    return [(field, one.filename or "", digest_and_size(one.stream)[0]) for field, one in sent]


def _allow() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "_takes_files", False) and request.mimetype == "multipart/form-data":
        # The API reads a body only after it knows who sends it; a page's form is read before, for its token.
        is_known = hasattr(view, "contract") or actor_or_none() is not None
        name = "MAX_UPLOAD_BYTES" if is_known else "MAX_STRANGER_UPLOAD_BYTES"
        request.max_content_length = current_app.config[name]


def init_uploads(app: Flask) -> None:
    """Allow larger requests for forms with files, before the check of the form's token, which reads the
    request: one file of the maximum size to a stranger, a whole form to whoever is signed in.
    """
    app.before_request(_allow)
