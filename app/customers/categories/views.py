"""The pages of categories (CUST-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.audit.presentation import OFFICE_LOG_TAB
from app.customers.categories import forms
from app.customers.categories import services as tree
from app.customers.categories.filters import CATEGORY_LIST
from app.customers.categories.permissions import CategoryPermission
from app.customers.categories.queries import category_facts, visible_categories
from app.customers.labels.models import Category
from app.customers.labels.queries import category_label
from app.kernel.fields.choices import choices_from, search_text
from app.kernel.lists.search import contains
from app.kernel.pages.elements import Button
from app.kernel.pages.routes import permitted
from app.org.shared.views import TreeView, indented, name_of_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.categories.policies import CategoryFacts
    from app.kernel.access.actor import Actor

_TERMS = ("credit_ceiling", "payment_days", "service_standard")


class CategoryView(TreeView):
    """The tree of categories, with the terms that customers inherit."""

    datamodel = SQLAInterface(Category)
    route_base = "/categories"
    class_permission_name = "Category"
    include_route_methods = {"list", "show", "tab", "add", "edit", "options"}
    scope = staticmethod(visible_categories)
    spec = CATEGORY_LIST
    detail_tabs = (OFFICE_LOG_TAB,)
    list_options = (joinedload(Category.parent),)
    list_title = _("Categories")
    add_title = _("New category")
    edit_title = _("Edit category")
    empty_text = _("No category yet; create the first one")
    add_form_class = forms.CategoryForm
    edit_form_class = forms.CategoryEditForm
    list_columns = ["name", *_TERMS]
    number_columns = frozenset({"credit_ceiling", "payment_days"})
    wide_columns = frozenset({"name", "service_standard"})
    label_columns = {
        "name": _("Name"),
        "full_name": _("Name"),
        "parent": _("Above it"),
        "credit_ceiling": _("Ceiling of credit"),
        "payment_days": _("Days of payment"),
        "service_standard": _("Service standard"),
    }
    formatters_columns = {
        "name": lambda one: indented(one.name, one.depth),
        "full_name": name_of_record,
        "parent": lambda one: name_of_record(one.parent),
        "credit_ceiling": lambda one: "" if one.credit_ceiling is None else f"{one.credit_ceiling:,.2f}",
    }
    show_fieldsets = [("", {"fields": ["full_name", "parent", *_TERMS]})]

    def facts_of(self, records: Sequence[Category], _actor: Actor) -> Mapping[int, CategoryFacts]:
        return category_facts(records)

    def detail_buttons(self, record: Category, actor: Actor, facts: CategoryFacts) -> list[Button]:
        url = url_for("CustomerView.list", category_id=record.id)
        return [
            *super().detail_buttons(record, actor, facts),
            Button(gettext("Show customers"), url, "fa-user-group"),
        ]

    def form_data(self, record: Category | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {name: getattr(record, name) for name in ("name", *_TERMS)}

    def create(self, values: dict[str, Any], actor: Actor) -> Category:
        return tree.add_category(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Category:
        return tree.edit_category(pk, **values, actor=actor)

    @expose("/options", methods=["GET"])
    @permitted(CategoryPermission.READ)
    def options(self) -> Response:
        """List categories in the order of the tree, for choosers and filters."""
        statement = visible_categories(None).order_by(Category.path)
        if search_text():
            statement = statement.where(contains(Category.name, search_text()))
        return choices_from(statement, lambda one: category_label(one.id) or one.name)
