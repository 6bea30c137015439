"""The operations that merge files and undo it, and that dismiss a pair of the duplicate finder (CUST-9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.customers.merging import forms, policies
from app.customers.merging.pairs import dismiss_pair
from app.customers.merging.rehearsal import rehearse_merge
from app.customers.merging.serializers import MergedRecord, UnmergedRecord, merged_record, unmerged_record
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.shared.operations import present_url
from app.customers.shared.permissions import CustomerPermission, DuplicatePairPermission
from app.kernel.pages.answers import Answer, finish
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage, without_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.merging.services import Merged
    from app.customers.merging.undo import Unmerged
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class ToCompare:
    """The files that were chosen on the page: their comparison comes next."""

    id: int
    other_ids: tuple[int, ...]


def submit_merge(
    pk: int,
    *,
    chosen_ids: Sequence[int] | None = None,
    other_id: int | None = None,
    choices: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    actor: Actor,
) -> Merged | ToCompare:
    """Go to the comparison of the chosen files, or merge them."""
    if chosen_ids:
        return ToCompare(pk, tuple(chosen_ids))
    others = forms.chosen_others() if other_id is None else [other_id]
    merge = rehearse_merge if dry_run else merge_customers
    return merge(pk, other_ids=others, choices=choices, actor=actor)


def _go_on(result: Merged | ToCompare) -> Any:
    if isinstance(result, ToCompare):
        drawer = 1 if "_drawer" in request.args else None
        to = url_for("CustomerView.merge", pk=result.id, other=[*result.other_ids], _drawer=drawer)
        return redirect(to, 303)
    url = url_for("CustomerView.show", pk=result.id)
    text = gettext("%(others)s became part of this file", others="、".join(one.code for one in result.merged))
    return finish(url, text, result_url=url)


MERGE = Operation(
    name="merge",
    label=_("Merge duplicates"),
    icon="fa-code-merge",
    form=forms.MergeForm,
    policy=policies.can_merge,
    service=submit_merge,
    page=OperationPage(
        submit_label=LazyString(forms.submit_label),
        form_for=forms.form_for,
        warning=forms.warning_for,
        done=_go_on,
    ),
    api=OperationApi(answer=merged_record, returns=MergedRecord),
)


def _after_undo(result: Unmerged) -> Any:
    url = present_url(result.restored)
    text = gettext("%(code)s is a file of its own again", code=result.restored.code)
    if result.kept_fields or result.kept_rows:
        text += " · " + gettext("changed since and kept: %(kept)s", kept=result.kept_text)
    return finish(url or url_for("CustomerView.list"), text, result_url=url)


UNMERGE = Operation(
    name="unmerge",
    label=_("Undo the merge"),
    icon="fa-code-branch",
    form=ConfirmForm,
    policy=policies.can_unmerge,
    service=unmerge_customer,
    page=OperationPage(
        submit_label=_("Undo the merge"),
        hint=_(
            "The file that was merged last comes back as it was, with all that came from it. What was "
            "changed since stays here and is listed."
        ),
        done=_after_undo,
        in_head=False,
    ),
    api=OperationApi(
        answer=unmerged_record,
        returns=UnmergedRecord,
        summary="Undoes the latest merge into this file; of a file that was merged, its own (CUST-9).",
    ),
    permission=CustomerPermission.UNMERGE,
)
DISMISS = Operation(
    name="dismiss",
    label=_("Not duplicates"),
    icon="fa-not-equal",
    form=None,
    policy=without_facts(lambda _actor, pair: policies.can_dismiss(pair.state == "open")),
    service=dismiss_pair,
    answer=Answer(_("Remembered: they are different customers")),
    page=OperationPage(in_list=True),
    permission=DuplicatePairPermission.DISMISS,
)
