"""Operations: one declaration gives a button, a drawer and a route, for one record or a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.errors import MESSAGES, Decision, Denied, forbidden
from app.kernel.fields.choices import narrow_choices
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.uploads import takes_files
from app.kernel.pages.answers import (
    SAVED,
    Answer,
    say_done,
    wanted_page,
)
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import record_address
from app.kernel.pages.routes import permitted
from app.kernel.pages.row_buttons import RowOffer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages.views import ScopedModelView
    from app.kernel.settings.dictionaries import Dictionary


class ConfirmForm(BaseForm):
    """A form without fields: pressing the button is all that the operation needs."""


@dataclass(frozen=True)
class OperationPage:
    """The appearance of an operation in the browser.

    ``submit_label`` is the text on the form's button; the default is the operation's label.  ``ask`` is a
    question that the user must confirm before an irreversible operation, ``ask_about(record)`` one that names
    the record; ``is_danger`` gives the button the warning colour.  Above the form come
    ``warning(record)``, then ``hint`` and ``note(actor)``.  ``form_for(record)`` returns another form where
    not all fields apply to every record; ``initial(record)`` returns the initial values.  ``goes_to(result)``
    returns the address of what came of it, where that is not the record; empty where the user cannot open it
    any more.  ``done(result)`` renders the whole response instead.  ``in_list`` puts the button into the rows
    of the list, with ``in_list_when(record)`` into those alone for which it is meant; ``in_head`` False keeps
    it out of the detail's head, for an operation of a tab; ``is_main`` gives the button the main colour.
    ``path`` is the last part of the address where it is not the operation's name.  An operation without a
    form shows its answer, or why it was refused, on the page that it returns to; with ``goes_to`` or ``done``
    a refusal is answered as everywhere.
    """

    submit_label: Sentence = ""
    ask: Sentence = ""
    ask_about: Callable[[Any], Sentence] | None = None
    hint: Sentence = ""
    note: Callable[[Actor], Sentence] | None = None
    warning: Callable[[Any], Sentence] | None = None
    initial: Callable[[Any], dict[str, Any]] | None = None
    form_for: Callable[[Any], Callable[..., BaseForm]] | None = None
    goes_to: Callable[[Any], str] | None = None
    done: Callable[[Any], Any] | None = None
    in_list: bool = False
    in_list_when: Callable[[Any], bool] | None = None
    in_head: bool = True
    is_main: bool = False
    is_danger: bool = False
    path: str = ""


@dataclass(frozen=True)
class OperationApi:
    """The response of an operation in the REST API, where it is not the usual record.

    ``answer(result)`` builds the response, of the type ``returns``, with ``status``.  ``refusals`` are
    statuses beyond the usual ones; ``path`` is the last part of the address where it is not the page's, or
    from "/" on all of it below the API's base; ``name`` is the endpoint's where it is not the operation's;
    ``summary`` describes the operation in the OpenAPI document, instead of the form's docstring.  With
    ``is_for_all`` signing in suffices, for an API of the caller's own records.
    """

    answer: Callable[[Any], Any] | None = None
    returns: Any = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    path: str = ""
    name: str = ""
    summary: str = ""
    is_for_all: bool = False


@dataclass(frozen=True)
class BatchKinds:
    """Kinds of records of which an operation asks different things (OFF-4).

    ``column`` tells them apart, and ``labels`` names its codes; ``form_for(kinds)`` returns the form that
    asks for what the chosen kinds need, and for nothing else.
    """

    column: Any
    labels: Dictionary
    form_for: Callable[[frozenset[str]], type[BaseForm]]


@dataclass(frozen=True)
class OperationBatch:
    """An operation for the chosen rows of a list (OFF-4): each in a transaction of its own, or many at once
    by ``service(pks, actor=…, **form values)``.  For records of several ``kinds``, ``share(pks, values,
    actor)`` returns the part of the form that applies to each.  ``form`` is the page's where it is not the
    operation's.
    """

    service: Callable[..., dict[int, Decision]] | None = None
    share: Callable[[Sequence[int], Mapping[str, Any], Actor], Mapping[int, Mapping[str, Any]]] | None = None
    kinds: BatchKinds | None = None
    form: type[BaseForm] | None = None


@dataclass(frozen=True)
class Operation:
    """An operation on one record: its permission is its name on the view's resource, or ``permission``.

    ``policy(actor, record, facts)`` returns a :class:`Decision` from what the view's ``facts_of`` loads; a
    policy that reads no facts is wrapped in :func:`without_facts`.  The button, the page and ``/allowed``
    call it, and the service calls the same policy again under its lock.  ``service(pk, actor=…, **form
    values)`` performs the operation and returns the record, or a refusing Decision where the refusal had to
    be recorded.  ``answer`` says what was done.  Without a ``form`` nothing is asked: the button performs the
    operation at once.
    """

    name: str
    label: Sentence
    icon: str
    form: type[BaseForm] | None
    policy: Callable[[Actor, Any, Any], Decision]
    service: Callable[..., Any]
    answer: Answer = SAVED
    page: OperationPage = OperationPage()
    api: OperationApi = OperationApi()
    batch: OperationBatch | None = None
    permission: Permission | None = None

    @property
    def path(self) -> str:
        """The last part of its address: ``change_phone`` → ``change-phone``."""
        return self.page.path or self.name.replace("_", "-")

    @property
    def needs(self) -> str:
        """The permission that it needs on the view's resource."""
        return self.permission or self.name

    def build_form(self, record: Any) -> BaseForm:
        """Return the page's form for the record."""
        form = self.page.form_for(record) if self.page.form_for else self.form or ConfirmForm
        made = form(data=self.page.initial(record) if self.page.initial else None)
        narrow_choices(made, record)
        return made

    def question(self, record: Any) -> str:
        """Return what the user must confirm, if anything."""
        return str(self.page.ask_about(record) if self.page.ask_about else self.page.ask)

    def hint_text(self, actor: Actor) -> str:
        """Return the text above the form."""
        note = str(self.page.note(actor)) if self.page.note else ""
        return " ".join(filter(None, (str(self.page.hint), note)))

    def verdict(self, actor: Actor, resource: str, record: Any, facts: Any) -> Decision:
        """Check permission and policy together, as the button and ``/allowed`` show them."""
        if not actor.has_permission(self.needs, resource):
            return forbidden(*MESSAGES[403])
        return self.policy(actor, record, facts)


def without_facts(policy: Callable[[Actor, Any], Decision]) -> Callable[[Actor, Any, Any], Decision]:
    """Return a policy for an operation whose rule needs only actor and record."""

    @wraps(policy)
    def rule(actor: Actor, record: Any, _facts: Any) -> Decision:
        return policy(actor, record)

    return rule


declared_operations: dict[str, list[Operation]] = {}


def operations_of_resource(resource: str) -> list[Operation]:
    """Return the operations declared on a resource, in order."""
    return declared_operations.get(resource, [])


def page_route(operation: Operation, needs: Permission) -> Any:
    """Return the route of the operation's page, which shows its form and performs it."""
    if operation.form is None:
        return _press_route(operation, needs)

    def page(self: ScopedModelView, pk: int) -> Any:
        actor = current_actor()
        record = self.get_record(pk, actor)
        operation.policy(actor, record, self.facts_for(record, actor)).enforce()
        back, name = self.record_url(record) or self.back_url(record), self.record_title(record)
        return run_form(
            operation.build_form(record),
            title=f"{operation.label} — {name}",
            back_url=back,
            submit=lambda values: operation.service(pk, actor=actor, **values),
            done_url=lambda _result: back,
            submit_label=operation.page.submit_label or operation.label,
            ask=operation.question(record),
            hint=operation.hint_text(actor),
            warning=operation.page.warning(record) if operation.page.warning else "",
            done=lambda result: say_done(self, operation, result, name, back),
        )

    page.__name__ = operation.name
    page._takes_files = takes_files(operation.form)  # type: ignore[attr-defined]
    return expose(f"/<int:pk>/{operation.path}", methods=["GET", "POST"])(permitted(needs)(page))


def _press_route(operation: Operation, needs: Permission) -> Any:
    """Return the route that performs an operation without a form, and returns to the list or to ``next``."""

    def press(self: ScopedModelView, pk: int) -> Any:
        actor, page = current_actor(), operation.page
        name = self.record_title(self.get_record(pk, actor)) if operation.answer.names_record else ""
        back = "" if page.done or page.goes_to else wanted_page(url_for(f"{self.endpoint}.list"))
        try:
            result = operation.service(pk, actor=actor)
        except Denied as error:
            if not back:
                raise
            flash(str(error.message), "warning")
            return redirect(back, 303)
        return say_done(self, operation, result, name, back)

    press.__name__ = operation.name
    return expose(f"/<int:pk>/{operation.path}", methods=["POST"])(permitted(needs)(press))


def operation_button(
    endpoint: str, operation: Operation, record: Any, verdict: Decision, label: str = ""
) -> Button:
    """Return the operation's button on a view; disabled with the reason when the policy refuses."""
    return Button(
        label=label or str(operation.label),
        url=record_address(f"{endpoint}.{operation.name}", record.id),
        icon=operation.icon,
        mode="drawer" if operation.form else "post",
        ask="" if operation.form else operation.question(record),
        danger=operation.page.is_danger,
        primary=operation.page.is_main,
        reason=verdict.reason,
    )


def operation_offers(view: ScopedModelView, actor: Actor) -> list[RowOffer]:
    """Return the buttons that the operations give every row of a list, as the user's roles permit."""
    return [
        RowOffer.at(
            f"{view.endpoint}.{operation.name}",
            label,
            icon=operation.icon,
            mode="drawer" if operation.form else "post",
            danger=operation.page.is_danger,
            primary=operation.page.is_main,
            policy=operation.policy,
            question=None if operation.form else operation.question,
            when=operation.page.in_list_when,
        )
        for operation, label in _offered(view, actor, in_list=True)
    ]


EDIT = _("Edit")


def edit_button(
    endpoint: str,
    record: Any,
    verdict: Decision,
    *,
    label: Sentence = EDIT,
    icon: str = "fa-pen",
    is_main: bool = False,
) -> Button:
    """Return the button of a view's edit form; disabled with the reason when the policy refuses."""
    url = record_address(f"{endpoint}.edit", record.id)
    return Button(str(label), url, icon, "drawer", primary=is_main, reason=verdict.reason)


def operation_buttons(
    view: ScopedModelView, actor: Actor, record: Any, facts: Any, *, in_list: bool = False
) -> list[Button]:
    """Return the buttons of all operations that the user's roles permit."""
    endpoint = view.endpoint
    return [
        operation_button(endpoint, operation, record, operation.policy(actor, record, facts), label)
        for operation, label in _offered(view, actor, in_list=in_list)
        if not in_list or operation.page.in_list_when is None or operation.page.in_list_when(record)
    ]


def _offered(view: ScopedModelView, actor: Actor, *, in_list: bool) -> list[tuple[Operation, str]]:
    """Return the operations that the user's roles permit, with their labels; the same for every row."""
    known: dict[Any, list[tuple[Operation, str]]] = g.setdefault("kepan_offered", {})
    resource = view.class_permission_name
    key = resource, actor.permissions, in_list, str(get_locale())
    if key not in known:
        known[key] = [
            (operation, str(operation.label))
            for operation in operations_of_resource(resource)
            if actor.has_permission(operation.needs, resource)
            and (operation.page.in_list if in_list else operation.page.in_head)
        ]
    return known[key]
