"""Operations on tags, and on the tags of customers (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.labels.queries import TAGS
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.serializers import CustomerRecord
from app.customers.tags import forms, policies
from app.customers.tags.permissions import TagPermission
from app.customers.tags.services import delete_tag, merge_tags, set_tags, tag_chosen
from app.kernel.api.base import Gone
from app.kernel.errors import ALLOW, Decision
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import (
    ConfirmForm,
    Operation,
    OperationApi,
    OperationBatch,
    OperationPage,
    without_facts,
)

if TYPE_CHECKING:
    from app.customers.labels.models import Tag
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def _present(customer: Customer) -> dict[str, object]:
    return {"tag_ids": [one.id for one in TAGS.named_in(customer.tag_ids)]}


def _may(_actor: Actor, _tag: Tag) -> Decision:
    """The permission alone decides; the chosen tag is checked by the service."""
    return ALLOW


TAG = Operation(
    name="tag",
    label=_("Tags"),
    icon="fa-tags",
    form=forms.CustomerTagsForm,
    policy=policies.can_tag,
    service=set_tags,
    answer=Answer(_("The tags of %(name)s were changed"), _("The tags of %(num)s customers were changed")),
    permission=CustomerPermission.TAG,
    page=OperationPage(submit_label=_("Save"), initial=_present),
    api=OperationApi(summary="Gives a customer just these tags (CUST-23).", returns=CustomerRecord),
    batch=OperationBatch(tag_chosen, form=forms.TagBatchForm),
)
MERGE = Operation(
    name="merge",
    label=_("Merge"),
    icon="fa-code-merge",
    form=forms.MergeTagsForm,
    policy=without_facts(policies.can_receive_tag),
    service=merge_tags,
    answer=Answer(_("Another tag was merged into %(name)s")),
    permission=TagPermission.MERGE,
    page=OperationPage(
        hint=_("All customers of the chosen tag get this one; the chosen tag goes. It cannot be undone."),
        in_list=True,
    ),
    api=OperationApi(summary="Merges another tag into this one: its customers get this one (CUST-23)."),
)
DELETE = Operation(
    name="delete",
    label=_("Delete"),
    icon="fa-trash-can",
    form=ConfirmForm,
    policy=policies.can_delete_tag,
    service=delete_tag,
    answer=Answer(_("%(name)s was deleted"), _("%(num)s tags were deleted")),
    permission=TagPermission.DELETE,
    page=OperationPage(
        hint=_("Only tags that no customer has can be deleted."),
        goes_to=lambda _gone: url_for("TagView.list"),
        in_list=True,
        is_danger=True,
    ),
    api=OperationApi(
        summary="Deletes an unused tag (CUST-23).", answer=lambda gone: {"id": gone.id}, returns=Gone
    ),
    batch=OperationBatch(),
)
ON_TAGS = (MERGE, DELETE)
