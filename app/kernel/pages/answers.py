"""What an operation says once it is done: a sentence that names the deed, the way to its result, and undo
while it is offered (OFF-3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import flash, g, has_request_context, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect

from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.pages.requests import is_drawer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision, Sentence
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.views import ScopedModelView


@dataclass(frozen=True)
class Answer:
    """The sentences of an operation that is done (OFF-3).

    ``one`` may name the record, as ``%(name)s``; ``many`` is said of several and has their number, as
    ``%(num)s``.  ``listed`` are the arguments of the list that shows the result of many.
    """

    one: Sentence
    many: Sentence = ""
    listed: Mapping[str, Any] = field(default_factory=dict)

    def about(self, name: str) -> str:
        """Return the sentence about one record."""
        return str(self.one) % {"name": name}

    @property
    def names_record(self) -> bool:
        """True if the sentence has the record's name."""
        return "%(name)s" in str(self.one)

    def about_many(self, number: int) -> str:
        """Return the sentence about several records."""
        return str(self.many) % {"num": number}

    def about_batch(self, done: Collection[int], names: Mapping[int, str]) -> str:
        """Return the sentence about the records of a batch that were not refused; empty for none.

        :param names: the titles of those that the user may still open.
        """
        if len(done) == 1 and names.keys() >= {*done}:
            return self.about(names[next(iter(done))])
        return self.about_many(len(done)) if done else ""


AGAIN = "_again"  # the button that saves a new record and begins another one
SAVED = Answer(_("Saved"))
CREATED = Answer(_("%(name)s was created"))
EDITED = Answer(_("%(name)s was saved"))


@dataclass(frozen=True)
class Toast:
    """A short message: its text, the address of what came of it, and the address that undoes it."""

    text: str
    url: str = ""
    undo_url: str = ""

    def as_flashed(self) -> Any:
        """Return it as the session keeps it until the next page."""
        parts = {"text": self.text, "url": self.url, "undo_url": self.undo_url}
        return parts if self.url or self.undo_url else self.text


def offer_undo(endpoint: str, deed: str) -> None:
    """Offer to undo what this request does: its answer shows the button of that address."""
    if has_request_context():
        g.kepan_undo = endpoint, deed


def offered_undo() -> str:
    """Return the address that undoes what this request did; empty where nothing can be undone."""
    endpoint, deed = g.get("kepan_undo", ("", ""))
    return url_for(endpoint, deed=deed) if endpoint else ""


def finish(url: str, message: Sentence = "", *, result_url: str = "", used_up: str = "") -> Any:
    """After success, close the drawer or redirect to ``url``; the message links to ``result_url``.

    :param used_up: the key of the list whose chosen rows are no longer chosen (OFF-4).
    """
    text = str(message) or gettext("Saved")
    if is_drawer():  # it was opened over another page, which may stay
        toast = Toast(text, result_url, offered_undo())
        return render_template("kernel/done.html", url=url, toast=toast, used_up=used_up)
    toast = Toast(text, "" if result_url == url else result_url, offered_undo())
    flash(toast.as_flashed(), "success")
    return redirect(url, 303)


def say_done(view: ScopedModelView, operation: Operation, result: Any, name: str, back: str) -> Any:
    """Return the response to an operation that is done: its sentence, with the way to what came of it.

    :param name: the record's title before the operation, after which it may be out of reach.
    :param back: where the operation leads to, unless it says otherwise.
    """
    page, text = operation.page, operation.answer.about(name)
    if page.done is not None:
        return page.done(result)
    if page.goes_to is None:
        return finish(back, text, result_url=back)
    url = page.goes_to(result)
    if not url:
        text = gettext("%(deed)s. You cannot open it any more.", deed=text)
    return finish(url or url_for(f"{view.endpoint}.list"), text, result_url=url)


def say_saved(view: ScopedModelView, answer: Answer, record: Any) -> Any:
    """Return the response to a form that was saved, with the way to the record."""
    url = view.record_url(record)
    return finish(url, answer.about(view.record_title(record)), result_url=url)


def say_created(view: ScopedModelView, record: Any) -> Any:
    """Return the response to a new record: its page, or an empty form for the next one where that was asked
    for (OFF-2).
    """
    if AGAIN not in request.form:
        return say_saved(view, CREATED, record)
    text = CREATED.about(view.record_title(record))
    flash(Toast(text, view.record_url(record)).as_flashed(), "success")
    return redirect(request.full_path.rstrip("?"), 303)


def say_all_done(view: ScopedModelView, answer: Answer, verdicts: Mapping[int, Decision], name: str) -> Any:
    """Return the response to a batch of which nothing was refused, with the way to the list of what came of
    it; None for any other.

    :param name: the title of the record where there is only one.
    """
    if not all(verdicts.values()):
        return None
    text = answer.about(name) if name else answer.about_many(len(verdicts))
    url = url_for(f"{view.endpoint}.list", **answer.listed)
    back = url_for(f"{view.endpoint}.list")
    return finish(back, text, result_url=url, used_up=view.class_permission_name)


def records_of(view: ScopedModelView, pks: Iterable[int], actor: Actor) -> dict[int, Any]:
    """Return those of the records that the user may open, by their keys."""
    key = inspect(view.datamodel.obj).primary_key[0]
    found = db.session.scalars(type(view).scope(actor).where(id_in(key, [*pks])))
    return {record.id: record for record in found.unique()}


def wanted_page(otherwise: str) -> str:
    """Return the page of ours that the form or its address wants to return to (``next``)."""
    wanted = request.values.get("next") or ""
    is_ours = wanted.startswith("/") and wanted[1:2] not in {"/", "\\"}
    return wanted if is_ours else otherwise
