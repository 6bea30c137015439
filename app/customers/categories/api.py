"""Categories in the REST API (CUST-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from flask import Response, jsonify

from app.customers.categories import forms
from app.customers.categories import services as tree
from app.customers.categories.filters import CATEGORY_LIST
from app.customers.categories.permissions import CategoryPermission
from app.customers.categories.queries import get_category, visible_categories
from app.customers.labels.queries import CATEGORIES
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.labels.models import Category
    from app.kernel.access.actor import Actor


class CategoryRecord(TypedDict):
    """A category, with its own terms (CUST-24); amounts in CNY.  An empty one is inherited from above."""

    id: int
    name: str
    parent: Named | None
    path: str
    credit_ceiling: float | None
    payment_days: int | None
    service_standard: str | None


def category_record(category: Category) -> CategoryRecord:
    """Return the API record of a category."""
    ceiling = category.credit_ceiling
    return {
        "id": category.id,
        "name": category.name,
        "parent": named(CATEGORIES.get(category.parent_id)),
        "path": category.path,
        "credit_ceiling": None if ceiling is None else float(ceiling),
        "payment_days": category.payment_days,
        "service_standard": category.service_standard,
    }


def _records(rows: Iterable[Category]) -> list[CategoryRecord]:
    return [category_record(one) for one in rows]


class CategoryApi(KepanApi):
    """``/api/v1/categories``."""

    route_base = "/api/v1/categories"
    class_permission_name = "Category"
    record_type = CategoryRecord

    @staticmethod
    def get_record(pk: int, _actor: Actor) -> Category:
        """A category."""
        return get_category(pk)

    @staticmethod
    def record(category: Category) -> CategoryRecord:
        """The answer to every operation."""
        return category_record(category)

    @expose("", methods=["GET"])
    @endpoint(CategoryPermission.READ, lists=CATEGORY_LIST, returns=CategoryRecord)
    def get_list(self) -> Response:
        """Lists categories, in the order of the tree."""
        return self.list_answer(visible_categories(current_actor()), CATEGORY_LIST, _records)

    @expose("", methods=["POST"])
    @endpoint(CategoryPermission.CREATE, takes=forms.CategoryForm, returns=CategoryRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Creates a category (CUST-24)."""
        values = self.body(forms.CategoryForm).values()
        return self.create_answer(lambda: category_record(tree.add_category(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(CategoryPermission.READ, returns=CategoryRecord)
    def get(self, pk: int) -> Response:
        """Returns one category."""
        return jsonify(category_record(get_category(pk)))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(CategoryPermission.UPDATE, takes=forms.CategoryEditForm, partial=True, returns=CategoryRecord)
    def patch(self, pk: int) -> Response:
        """Changes a category's name and terms."""
        get_category(pk)
        values: dict[str, Any] = self.body(forms.CategoryEditForm, partial=True).values()
        return jsonify(category_record(tree.edit_category(pk, **values, actor=current_actor())))
