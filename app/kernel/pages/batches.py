"""Operations on the chosen rows of a list (OFF-4): the buttons, the form, and who keeps the result.

Up to ``MAX_AT_ONCE`` rows are done within the request; more are handed to the keeper, which works on them in
the background.  The keeper also keeps the refused rows, with the reason, so that they can be tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flask import current_app, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from app.kernel.access.current import current_actor
from app.kernel.pages.answers import records_of, say_all_done
from app.kernel.pages.batch_rows import run_batch
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import run_form
from app.kernel.pages.operations import ConfirmForm, operations_of_resource
from app.kernel.pages.requests import is_drawer
from app.kernel.pages.routes import permitted
from app.kernel.pages.selections import RETRY, Selection, count_kinds, read_selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Decision
    from app.kernel.fields.forms import BaseForm
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.selections import ListFilter
    from app.kernel.pages.views import ScopedModelView

    Posted = Sequence[tuple[str, str]]


MAX_AT_ONCE = 200


@dataclass(frozen=True)
class BatchRequest:
    """A submitted batch: the list, the operation, the form as it was posted, and how the rows were chosen."""

    view: str
    operation: str
    title: str
    posted: Posted
    found_by: ListFilter | None = None
    retry_of: int | None = None


class BatchKeeper(Protocol):
    """Keeps batches with their refused rows, and works on long ones in the background."""

    def keep(self, asked: BatchRequest, verdicts: Mapping[int, Decision], actor: Actor) -> int:
        """Keep a batch that was done within the request; return its id."""

    def show(self, pk: int, actor: Actor) -> Any:
        """Return the page of a batch that was just done."""

    def begin(self, asked: BatchRequest, pks: Sequence[int], actor: Actor) -> str:
        """Begin a batch in the background; return the address of its page."""

    def rest_of(self, pk: int, asked: BatchRequest, actor: Actor) -> tuple[list[int], Posted]:
        """Return the rows of an earlier batch of the actor that were not done, and its form as posted.

        :raises NotFound: when it is not the actor's, or of another operation.
        """


_keepers: list[BatchKeeper] = []


def register_keeper(keeper: BatchKeeper) -> None:
    """Register who keeps batches."""
    _keepers[:] = [keeper]


def batch_route(operation: Operation, needs: Permission) -> Any:
    """Return the route of the operation's page for the chosen rows of a list."""

    def page(self: ScopedModelView) -> Any:
        return batch_page(self, operation, current_actor())

    page.__name__ = f"{operation.name}_batch"
    return expose(f"/batch/{operation.path}", methods=["GET", "POST"])(permitted(needs)(page))


def batch_buttons(view: ScopedModelView, actor: Actor) -> list[Button]:
    """Return the buttons for the chosen rows of a list: the batch operations that the user's roles permit."""
    resource = view.class_permission_name
    return [
        Button(
            label=str(operation.label),
            url=url_for(f"{view.endpoint}.{operation.name}_batch"),
            icon=operation.icon,
            mode="drawer",
            batch=True,
        )
        for operation in operations_of_resource(resource)
        if operation.batch is not None
        and f"{operation.name}_batch" in view.routes()
        and actor.has_permission(operation.needs, resource)
    ]


def find_batch(view_name: str, operation_name: str) -> tuple[ScopedModelView, Operation] | None:
    """Return the list and the operation of a kept batch; None when they no longer exist."""
    views = current_app.extensions["appbuilder"].baseviews
    view = next((one for one in views if type(one).__name__ == view_name), None)
    if view is None:
        return None
    declared = operations_of_resource(view.class_permission_name)
    operation = next((one for one in declared if one.name == operation_name and one.batch), None)
    return (view, operation) if operation else None


def batch_page(view: ScopedModelView, operation: Operation, actor: Actor) -> Any:
    """Show the operation's form for many records; once submitted, the outcome for each.

    :raises Invalid: when no record was chosen, or more than a batch allows.
    """
    selection, posted = _chosen(view, operation, actor)
    number = len(selection.pks)
    kinds = _kinds(view, operation, selection, actor)
    chosen = ngettext("%(num)d record chosen", "%(num)d records chosen", number)
    back = url_for(f"{view.endpoint}.list")
    return run_form(
        batch_form(operation, kinds, posted if request.method == "GET" else ()),
        title=f"{operation.label} — {chosen}",
        back_url=back,
        submit=lambda values: _submit(view, operation, selection, values, actor),
        done_url=lambda _answer: back,
        submit_label=operation.page.submit_label or operation.label,
        hint=" ".join(filter(None, (operation.hint_text(actor), _said(operation, kinds, number)))),
        done=lambda answer: answer,
    )


def batch_form(operation: Operation, kinds: Mapping[str, int], posted: Posted = ()) -> BaseForm:
    """Return the page's form for a selection of these kinds, filled in as it was posted before."""
    form = _form_class(operation, kinds)
    return form(formdata=MultiDict(posted)) if posted else form()


def posted_form(operation: Operation, kinds: Mapping[str, int], posted: Posted) -> BaseForm:
    """Return the form of a kept batch as it was posted, outside of the request that posted it."""
    return _form_class(operation, kinds)(formdata=MultiDict(posted), meta={"csrf": False})


def _form_class(operation: Operation, kinds: Mapping[str, int]) -> type[BaseForm]:
    declared = operation.batch.kinds if operation.batch else None
    if declared and kinds:
        return declared.form_for(frozenset(kinds))
    return (operation.batch and operation.batch.form) or operation.form or ConfirmForm


def _chosen(view: ScopedModelView, operation: Operation, actor: Actor) -> tuple[Selection, Posted]:
    retry = request.args.get(RETRY, type=int)
    if retry is None:
        return read_selection(view, request.args, actor), ()
    asked = _asked(view, operation, Selection([], retry_of=retry), ())
    pks, posted = _keepers[0].rest_of(retry, asked, actor)
    return Selection(pks, retry_of=retry), posted


def _kinds(
    view: ScopedModelView, operation: Operation, selection: Selection, actor: Actor
) -> Mapping[str, int]:
    declared = operation.batch.kinds if operation.batch else None
    return count_kinds(view, declared.column, selection.pks, actor) if declared else {}


def _said(operation: Operation, kinds: Mapping[str, int], number: int) -> str:
    """Return what the form says about the selection: its kinds, and that a long one takes a while."""
    parts = []
    declared = operation.batch.kinds if operation.batch else None
    if declared and len(kinds) > 1:
        listed = [f"{declared.labels.label(kind)} {count}" for kind, count in sorted(kinds.items())]
        parts.append(gettext("Chosen are: %(kinds)s.", kinds=" · ".join(listed)))
    if number > MAX_AT_ONCE:
        parts.append(
            gettext(
                "More than %(n)s records are done in the background, and can be cancelled.", n=MAX_AT_ONCE
            )
        )
    return " ".join(parts)


def _name_of_one(view: ScopedModelView, pks: Sequence[int], actor: Actor) -> str:
    """Return the title of a single chosen record, before the operation puts it out of reach."""
    found = records_of(view, pks, actor) if len(pks) == 1 else {}
    return next((view.record_title(record) for record in found.values()), "")


def _asked(view: ScopedModelView, operation: Operation, selection: Selection, posted: Posted) -> BatchRequest:
    return BatchRequest(
        view=type(view).__name__,
        operation=operation.name,
        title=f"{view.list_title} · {operation.label}",
        posted=posted,
        found_by=selection.found_by,
        retry_of=selection.retry_of,
    )


def _submit(
    view: ScopedModelView,
    operation: Operation,
    selection: Selection,
    values: Mapping[str, Any],
    actor: Actor,
) -> Any:
    """Do the batch, or begin it; return the response."""
    left_out = {"csrf_token", "ids", "_drawer"}
    posted = [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]
    asked = _asked(view, operation, selection, posted)
    if len(selection.pks) <= MAX_AT_ONCE:
        name = _name_of_one(view, selection.pks, actor)
        verdicts = run_batch(operation, selection.pks, values, actor)
        kept = _keepers[0].keep(asked, verdicts, actor)
        return say_all_done(view, operation.answer, verdicts, name) or _keepers[0].show(kept, actor)
    address = _keepers[0].begin(asked, selection.pks, actor)
    return redirect(f"{address}?_drawer=1" if is_drawer() else address, 303)
