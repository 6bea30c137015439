"""Form actions: one declaration gives an operation its permission, its button with the reason why not, its
drawer, its POST route and its API endpoint (``DESIGN.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import jsonify, url_for
from flask_appbuilder.baseviews import expose

from app.kernel.api import endpoint, refuse
from app.kernel.batches import batch_page
from app.kernel.current import current_actor
from app.kernel.errors import ALLOW, Decision, Invalid, forbidden
from app.kernel.formpage import run_form
from app.kernel.forms import BaseForm
from app.kernel.pages import Button, record_address
from app.kernel.uploads import takes_files
from app.kernel.views import ScopedModelView, permitted
from app.kernel.web import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.actor import Actor
    from app.kernel.api import KepanApi
    from app.kernel.errors import Sentence


CREATED = 201


class ConfirmForm(BaseForm):
    """Nothing to fill in: the button is what is asked for."""


@dataclass(frozen=True)
class FormAction:
    """An operation on one record.

    ``policy(actor, record, facts)`` answers a :class:`Decision`; ``service(pk, actor=…, **form values)`` does
    it and answers the record, or a refusing Decision where the refusal had to leave a trace.
    ``done(result)`` renders the page's answer and ``answer(result)`` the API's, where they are not the usual;
    ``gives`` is the type of the latter.  ``refusals`` are statuses beyond the usual ones.  The page asks by
    ``form_for(record)``, where not all fields concern every record; it shows ``initial(record)`` at first,
    ``note(actor)`` beside the hint, and ``warning(record)`` above all else.  ``in_batch`` offers it for the
    chosen rows of a list, each in a transaction of its own, or all by ``bulk(pks, actor=…, **form values)``.
    ``in_head`` False keeps the button out of the detail's head: the context puts it into a tab; ``is_main``
    makes it the head's main one.
    """

    name: str
    label: Sentence
    icon: str
    form: type[BaseForm]
    policy: Callable[[Actor, Any, Any], Decision]
    service: Callable[..., Any]
    submit_label: Sentence
    ask: Sentence = ""
    hint: Sentence = ""
    in_list: bool = False
    in_head: bool = True
    done: Callable[[Any], Any] | None = None
    answer: Callable[[Any], Any] | None = None
    returns: Any = None
    status: int = 200
    in_batch: bool = False
    bulk: Callable[..., dict[int, Decision]] | None = None
    refusals: tuple[int, ...] = ()
    initial: Callable[[Any], dict[str, Any]] | None = None
    form_for: Callable[[Any], Callable[..., BaseForm]] | None = None
    note: Callable[[Actor], Sentence] | None = None
    is_main: bool = False
    warning: Callable[[Any], Sentence] | None = None

    @property
    def path(self) -> str:
        """The last part of its address: ``change_phone`` → ``change-phone``."""
        return self.name.replace("_", "-")

    def build_form(self, record: Any) -> BaseForm:
        """The page's form for the record."""
        form = self.form_for(record) if self.form_for else self.form
        return form(data=self.initial(record) if self.initial else None)

    def hint_text(self, actor: Actor) -> str:
        """What stands above the form."""
        return " ".join(filter(None, (str(self.hint), str(self.note(actor)) if self.note else "")))

    def verdict(self, actor: Actor, resource: str, record: Any, facts: Any) -> Decision:
        """Permission and rule together, as the button and ``/allowed`` show them."""
        if not actor.may(self.name, resource):
            return forbidden(*MESSAGES[403])
        return self.policy(actor, record, facts)


declared_actions: dict[str, list[FormAction]] = {}


def actions_of(resource: str) -> list[FormAction]:
    """The operations declared on a resource, in order."""
    return declared_actions.get(resource, [])


def form_action(view: type[ScopedModelView], api: type[KepanApi] | None, action: FormAction) -> FormAction:
    """Put an operation on a view, and on its API if it has one.  Called while the contexts are loaded, before
    registration.
    """
    resource = str(view.class_permission_name)
    declared = declared_actions.setdefault(resource, [])
    if all(one.name != action.name for one in declared):
        declared.append(action)
    setattr(view, action.name, page_route(action))
    routes = {action.name}
    if action.in_batch:
        setattr(view, f"{action.name}_batch", batch_route(action))
        routes.add(f"{action.name}_batch")
    view.include_route_methods = {*(view.include_route_methods or ()), *routes}
    return action if api is None else api_action(api, action)


def api_action(api: type[KepanApi], action: FormAction) -> FormAction:
    """Put an operation on an API alone."""
    if action.name not in vars(api):
        setattr(api, action.name, _api_route(action, api))
    return action


def page_route(action: FormAction) -> Any:
    def page(self: ScopedModelView, pk: int) -> Any:
        actor = current_actor()
        record = self.get_record(pk, actor)
        action.policy(actor, record, self.facts_for(record, actor)).enforce()
        back = self.record_url(record) or self.back_url(record)
        return run_form(
            action.build_form(record),
            title=f"{action.label} — {self.record_title(record)}",
            back_url=back,
            submit=lambda values: action.service(pk, actor=actor, **values),
            done_url=lambda _result: back,
            submit_label=action.submit_label,
            ask=action.ask,
            hint=action.hint_text(actor),
            warning=action.warning(record) if action.warning else "",
            done=action.done,
        )

    page.__name__ = action.name
    page._takes_files = takes_files(action.form)  # type: ignore[attr-defined]
    return expose(f"/<int:pk>/{action.path}", methods=["GET", "POST"])(permitted(action.name)(page))


def batch_route(action: FormAction) -> Any:
    def page(self: ScopedModelView) -> Any:
        return batch_page(self, action, current_actor())

    page.__name__ = f"{action.name}_batch"
    return expose(f"/batch/{action.path}", methods=["GET", "POST"])(permitted(action.name)(page))


def _api_route(action: FormAction, api: type[KepanApi]) -> Any:
    def call(self: Any, pk: int) -> Any:
        actor = current_actor()
        try:
            values = self.body(action.form).values()
        except Invalid:
            self.get_record(pk, actor)  # ACC-6: out of reach is told first; else the service tells it
            raise
        answer = action.answer or self.record
        if action.status == CREATED:
            return self.create_answer(lambda: answer(action.service(pk, actor=actor, **values)))
        result = action.service(pk, actor=actor, **values)
        return refuse(result) if isinstance(result, Decision) else (jsonify(answer(result)), action.status)

    call.__name__ = action.name
    call.__doc__ = action.form.__doc__
    described = endpoint(
        action.name,
        takes=action.form,
        returns=action.returns or api.record_type,
        status=action.status,
        refusals=action.refusals,
    )
    return expose(f"/<int:pk>/{action.path}", methods=["POST"])(described(call))


def action_button(view: ScopedModelView, action: FormAction, record: Any, verdict: Decision) -> Button:
    """The operation's button; disabled with the sentence when the rule refuses."""
    return Button(
        label=str(action.label),
        url=record_address(f"{view.endpoint}.{action.name}", record.id),
        icon=action.icon,
        mode="drawer",
        primary=action.is_main,
        reason="" if verdict is ALLOW or verdict.allowed else str(verdict.message),
    )


def batch_buttons(view: ScopedModelView, actor: Actor) -> list[Button]:
    """Buttons for the chosen rows of a list: the operations that the person's roles may use on many."""
    resource = view.class_permission_name
    return [
        Button(
            label=str(action.label),
            url=url_for(f"{view.endpoint}.{action.name}_batch"),
            icon=action.icon,
            mode="drawer",
            batch=True,
        )
        for action in actions_of(resource)
        if action.in_batch and actor.may(action.name, resource)
    ]


def action_buttons(
    view: ScopedModelView, actor: Actor, record: Any, facts: Any, *, in_list: bool = False
) -> list[Button]:
    """Buttons of all operations that the person's roles may use."""
    resource = view.class_permission_name
    return [
        action_button(view, action, record, action.policy(actor, record, facts))
        for action in actions_of(resource)
        if actor.may(action.name, resource) and (action.in_list if in_list else action.in_head)
    ]
