"""Form actions: one declaration gives an operation its permission, its button with the reason why not, its
drawer, its POST route and its API endpoint (``DESIGN.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_appbuilder.baseviews import expose

from app.kernel.api import endpoint, refuse
from app.kernel.current import current_actor
from app.kernel.errors import ALLOW, Decision, not_you
from app.kernel.formpage import run_form
from app.kernel.pages import Button, record_address
from app.kernel.uploads import takes_files
from app.kernel.views import ScopedModelView, permitted
from app.kernel.web import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.actor import Actor
    from app.kernel.api import KepanApi
    from app.kernel.errors import Sentence
    from app.kernel.forms import BaseForm


@dataclass(frozen=True)
class FormAction:
    """An operation on one record.

    ``policy(actor, record, facts)`` answers a :class:`Decision`; ``service(pk, actor=…, **form values)`` does
    it and answers the record, or a refusing Decision where the refusal had to leave a trace.
    ``done(result)`` renders the page's answer and ``answer(result)`` the API's, where they are not the usual;
    ``gives`` is the type of the latter.  ``refusals`` are statuses beyond the usual ones.  The page's form
    shows ``initial(record)`` at first.  ``in_head`` False keeps the button out of the detail's head: the
    context puts it into a tab.
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
    gives: Any = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    initial: Callable[[Any], dict[str, Any]] | None = None

    @property
    def path(self) -> str:
        """The last part of its address: ``change_phone`` → ``change-phone``."""
        return self.name.replace("_", "-")

    def verdict(self, actor: Actor, resource: str, record: Any, facts: Any) -> Decision:
        """Permission and rule together, as the button and ``/allowed`` show them."""
        if not actor.may(self.name, resource):
            return not_you(*MESSAGES[403])
        return self.policy(actor, record, facts)


_actions: dict[str, list[FormAction]] = {}


def actions_of(resource: str) -> list[FormAction]:
    """The operations declared on a resource, in order."""
    return _actions.get(resource, [])


def form_action(view: type[ScopedModelView], api: type[KepanApi], action: FormAction) -> FormAction:
    """Put an operation on a view and its API.  Called while the contexts are loaded, before registration."""
    resource = str(view.class_permission_name)
    declared = _actions.setdefault(resource, [])
    if all(one.name != action.name for one in declared):
        declared.append(action)
    setattr(view, action.name, _page_route(action))
    view.include_route_methods = {*(view.include_route_methods or ()), action.name}
    if action.name not in vars(api):
        setattr(api, action.name, _api_route(action, api))
    return action


def _page_route(action: FormAction) -> Any:
    def page(self: ScopedModelView, pk: int) -> Any:
        actor = current_actor()
        record = self.get_record(pk, actor)
        action.policy(actor, record, self.facts_of([record], actor).get(record.id)).enforce()
        return run_form(
            action.form(data=action.initial(record) if action.initial else None),
            title=f"{action.label} — {self.record_title(record)}",
            back_url=self.record_url(record),
            submit=lambda values: action.service(pk, actor=actor, **values),
            done_url=lambda _result: self.record_url(record),
            submit_label=action.submit_label,
            ask=action.ask,
            hint=action.hint,
            done=action.done,
        )

    page.__name__ = action.name
    page._takes_files = takes_files(action.form)  # type: ignore[attr-defined]
    return expose(f"/<int:pk>/{action.path}", methods=["GET", "POST"])(permitted(action.name)(page))


def _api_route(action: FormAction, api: type[KepanApi]) -> Any:
    def call(self: Any, pk: int) -> Any:
        actor = current_actor()
        self.get_record(pk, actor)
        values = self.body(action.form).values()
        result = action.service(pk, actor=actor, **values)
        if isinstance(result, Decision):
            return refuse(result)
        body = action.answer(result) if action.answer else self.record(result)
        return jsonify(body), action.status

    call.__name__ = action.name
    call.__doc__ = action.form.__doc__
    described = endpoint(
        action.name,
        takes=action.form,
        gives=action.gives or api.record_type,
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
        reason="" if verdict is ALLOW or verdict.allowed else str(verdict.message),
    )


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
