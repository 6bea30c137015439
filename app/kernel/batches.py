"""An operation on the chosen rows of a list, with a result per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from sqlalchemy import inspect

from app.kernel import pages
from app.kernel.db import db
from app.kernel.errors import ALLOW, OUT_OF_REACH, Decision, Denied, Invalid, KepanError
from app.kernel.formpage import run_form
from app.kernel.reach import id_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.actions import FormAction
    from app.kernel.actor import Actor
    from app.kernel.views import ScopedModelView

MAX_CHOSEN = 1000
_MAX_ID = 2**63 - 1


def batch_page(view: ScopedModelView, action: FormAction, actor: Actor) -> Any:
    """The operation's form for many records; once submitted, what became of each.

    :raises Invalid: when no record was chosen, or more than a batch takes.
    """
    pks = _chosen(request.values.get("ids", ""))
    chosen = ngettext("%(num)d record chosen", "%(num)d records chosen", len(pks))
    back = url_for(f"{view.endpoint}.list")
    return run_form(
        action.form(),
        title=f"{action.label} — {chosen}",
        back_url=back,
        submit=lambda values: run_batch(action, pks, values, actor),
        done_url=lambda _verdicts: back,
        submit_label=action.submit_label,
        hint=action.hint_text(actor),
        done=lambda verdicts: _result(view, action, verdicts, actor),
    )


def _chosen(text: str) -> list[int]:
    ids = [part for part in dict.fromkeys(text.split(",")) if part]
    if not ids or len(ids) > MAX_CHOSEN or not all(part.isascii() and part.isdigit() for part in ids):
        raise Invalid(ids=_("Choose between 1 and 1,000 records"))
    return [min(int(part[:19]), _MAX_ID) for part in ids]


def run_batch(
    action: FormAction, pks: Sequence[int], values: Mapping[str, Any], actor: Actor
) -> dict[int, Decision]:
    """Do it to each record: id → verdict.  What is refused for one leaves the others done."""
    if action.bulk is not None:
        return action.bulk(pks, actor=actor, **values)
    verdicts = {pk: _one(action, pk, values, actor) for pk in pks}
    if all(isinstance(verdict, Invalid) for verdict in verdicts.values()):
        raise next(verdict for verdict in verdicts.values() if isinstance(verdict, Invalid))
    return {
        pk: _sentences(verdict) if isinstance(verdict, Invalid) else verdict
        for pk, verdict in verdicts.items()
    }


def _one(action: FormAction, pk: int, values: Mapping[str, Any], actor: Actor) -> Decision | Invalid:
    try:
        result = action.service(pk, actor=actor, **values)
    except Invalid as error:
        return error
    except Denied as error:
        return error.decision
    except KepanError as error:
        return OUT_OF_REACH if error.status == OUT_OF_REACH.status else _refused(error)
    return result if isinstance(result, Decision) else ALLOW


def _refused(error: KepanError) -> Decision:
    return Decision(allowed=False, code=error.code, message=error.message, status=error.status)


def _sentences(error: Invalid) -> Decision:
    message = " ".join(str(sentence) for sentence in error.fields.values())
    return Decision(allowed=False, code=error.code, message=message, status=error.status)


def _result(view: ScopedModelView, action: FormAction, verdicts: Mapping[int, Decision], actor: Actor) -> str:
    """The page with a row per record, named where the person can open it."""
    key = inspect(view.datamodel.obj).primary_key[0]
    found = db.session.scalars(type(view).scope(actor).where(id_in(key, [*verdicts])))
    records = {record.id: record for record in found.unique()}
    rows = [
        pages.BatchRow(
            label=view.record_title(records[pk]) if pk in records else str(pk),
            url=view.record_url(records[pk]) if pk in records else "",
            done=bool(verdict),
            message="" if verdict else str(verdict.message),
        )
        for pk, verdict in verdicts.items()
    ]
    rows.sort(key=lambda row: row.done)
    page = pages.BatchPage(str(action.label), rows, url_for(f"{view.endpoint}.list"))
    return render_template("kernel/batch.html", page=page)
