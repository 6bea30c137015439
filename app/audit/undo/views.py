"""The address that undoes what one has just done (OFF-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext

from app.audit.undo.services import undo
from app.kernel.access.current import current_actor
from app.kernel.pages import elements as pages
from app.kernel.pages.answers import wanted_page
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.audit.undo.services import Undone


class UndoView(BaseView):
    """``POST /undo/<deed>``: for who did it, with the permission that it needed."""

    route_base = "/undo"
    default_view = "undo"

    @expose("/<string(maxlength=36):deed>", methods=["POST"])
    @permitted()
    def undo(self, deed: str) -> Any:
        """Undo it, and return to the page where the button was."""
        found, back = undo(deed, actor=current_actor()), wanted_page("/")
        done = [one for one in found if one.verdict]
        if len(done) < len(found) and len(found) > 1:
            return _result(found, _sentence(done) if done else "", back)
        if done:
            flash(_sentence(done), "success")
        else:
            (refused,) = found
            flash(" · ".join(filter(None, (refused.name, refused.verdict.reason))), "warning")
        return redirect(back, 303)


def _sentence(done: Sequence[Undone]) -> str:
    if len(done) == 1:
        return gettext("Undone: %(name)s is as it was", name=done[0].name)
    return gettext("Undone: %(num)s records are as they were", num=len(done))


def _result(found: Sequence[Undone], sentence: str, back: str) -> str:
    rows = [
        pages.BatchRow(
            label=one.name or str(one.record_id),
            url="",
            state=gettext("Done") if one.verdict else gettext("Refused"),
            tone="green" if one.verdict else "red",
            message=one.verdict.reason,
        )
        for one in sorted(found, key=lambda one: bool(one.verdict))
    ]
    done = sum(bool(one.verdict) for one in found)
    page = pages.BatchPage(gettext("Undo"), rows, back, done, len(rows) - done, sentence=sentence)
    return render_template("kernel/batch.html", page=page)
