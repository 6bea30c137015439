"""Operations on categories, and on the categories of customers (CUST-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.categories import forms, policies
from app.customers.categories import services as tree
from app.customers.categories.permissions import CategoryPermission
from app.customers.labels.queries import CATEGORIES
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.serializers import CustomerRecord
from app.kernel.api.base import Gone
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
    from app.customers.shared.models import Customer


def _present(customer: Customer) -> dict[str, object]:
    return {"category_ids": [one.id for one in CATEGORIES.named_in(customer.category_ids)]}


CATEGORIZE = Operation(
    name="categorize",
    label=_("Categories"),
    icon="fa-folder-tree",
    form=forms.CustomerCategoriesForm,
    policy=policies.can_categorize,
    service=tree.set_categories,
    answer=Answer(
        _("The categories of %(name)s were changed"), _("The categories of %(num)s customers were changed")
    ),
    permission=CustomerPermission.CATEGORIZE,
    page=OperationPage(submit_label=_("Save"), initial=_present),
    api=OperationApi(summary="Puts a customer into just these categories (CUST-24).", returns=CustomerRecord),
    batch=OperationBatch(tree.categorize_chosen, form=forms.CategoryBatchForm),
)
MOVE = Operation(
    name="move",
    label=_("Move"),
    icon="fa-arrow-right-arrow-left",
    form=forms.CategoryMoveForm,
    policy=without_facts(policies.can_move_category),
    service=tree.move_category,
    answer=Answer(_("%(name)s was moved")),
    permission=CategoryPermission.MOVE,
    page=OperationPage(
        hint=_("Everything below moves along; terms that are left empty follow from the new place."),
        initial=lambda category: {"parent_id": category.parent_id},
        in_list=True,
    ),
    api=OperationApi(summary="Moves a category, with everything below it (CUST-24)."),
)
DELETE = Operation(
    name="delete",
    label=_("Delete"),
    icon="fa-trash-can",
    form=ConfirmForm,
    policy=policies.can_delete_category,
    service=tree.delete_category,
    answer=Answer(_("%(name)s was deleted")),
    permission=CategoryPermission.DELETE,
    page=OperationPage(
        hint=_("Only an empty category can be deleted: none below it, no customers in it."),
        goes_to=lambda _gone: url_for("CategoryView.list"),
        is_danger=True,
    ),
    api=OperationApi(
        summary="Deletes an empty category (CUST-24).", answer=lambda gone: {"id": gone.id}, returns=Gone
    ),
)
ON_CATEGORIES = (MOVE, DELETE)
