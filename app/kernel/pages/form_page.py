"""Showing and submitting a form: a refused form comes back with everything that was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.kernel.errors import Decision, Denied, Invalid, Stale
from app.kernel.pages import elements as pages
from app.kernel.pages.answers import AGAIN, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.errors import Sentence
    from app.kernel.fields.forms import BaseForm


SAVE = _("Save")


@dataclass(frozen=True)
class FormLayout:
    """The template that shows a form, and the parts of the page beside the form."""

    template: str = "kernel/form.html"
    content: Mapping[str, Any] = field(default_factory=dict)


DEFAULT_LAYOUT = FormLayout()
WITH_NEXT = FormLayout(content={"again": AGAIN})  # saves and begins another one, too (OFF-2)


def run_form(
    form: BaseForm,
    *,
    title: str,
    back_url: str,
    submit: Callable[[dict[str, Any]], Any],
    done_url: Callable[[Any], str],
    submit_label: Sentence = SAVE,
    ask: Sentence = "",
    hint: Sentence = "",
    warning: Sentence = "",
    done: Callable[[Any], Any] | None = None,
    look: FormLayout = DEFAULT_LAYOUT,
    only_show: bool = False,
) -> Any:
    """Show a form (GET), or validate and submit it (POST); with ``only_show`` posted values are not submitted
    yet.

    ``submit`` calls the service.  A refusing Decision that it returns, and every refusal that it raises, is
    shown on the form with the refusal's status.  After success the response is ``done(result)``, or a
    redirect to ``done_url(result)``.
    """
    outcome = _Outcome()
    if only_show:
        outcome = _Outcome(422 if form.errors else 200)
    elif request.method == "POST":
        outcome = _submit(form, submit, back_url)
        if outcome.succeeded:
            return done(outcome.result) if done else finish(done_url(outcome.result))
    sentences = {"submit_label": submit_label, "ask": ask, "hint": hint, "warning": warning}
    page = pages.FormPage(
        title=title,
        form=form,
        sections=form.page_sections,
        action=request.full_path.rstrip("?"),
        back_url=back_url,
        alert=outcome.alert,
        **{name: str(sentence) for name, sentence in sentences.items()},
    )
    return render_template(look.template, page=page, **look.content), outcome.status


@dataclass(frozen=True)
class _Outcome:
    """The outcome of a submission: a result, or the reason why it was refused."""

    status: int = 200
    result: Any = None
    alert: pages.Alert | None = None
    succeeded: bool = False


def _submit(form: BaseForm, submit: Callable[[dict[str, Any]], Any], back_url: str) -> _Outcome:
    try:
        if not form.validate():
            return _Outcome(422)
        result = submit(form.values())
    except Invalid as error:
        left = form.add_errors(error.fields)
        alert = pages.Alert(" ".join(str(s) for s in left.values())) if left else None
        return _Outcome(error.status, alert=alert)
    except Denied as error:
        return _Outcome(error.status, alert=_alert_of(error.decision, form))
    except Stale as error:
        return _Outcome(error.status, alert=_stale_alert(error, back_url))
    if isinstance(result, Decision):
        return _Outcome(result.status, alert=_alert_of(result, form))
    return _Outcome(result=result, succeeded=True)


def _alert_of(decision: Decision, form: BaseForm) -> pages.Alert | None:
    if decision.field and not form.add_errors({decision.field: decision.message}):
        return None
    return pages.Alert(str(decision.message), decision.link, gettext("Open") if decision.link else "")


def _stale_alert(error: Stale, url: str) -> pages.Alert:
    listed = "; ".join(
        gettext("%(field)s: theirs “%(theirs)s”, yours “%(yours)s”", field=name, theirs=a, yours=b)
        for name, (a, b) in error.differences.items()
    )
    text = gettext("Somebody else saved this record in the meantime. Nothing of yours was saved.")
    return pages.Alert(f"{text} {listed}".strip(), url, gettext("Open the newer version"))
