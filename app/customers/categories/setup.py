"""Registration of categories with the application (CUST-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.undo.services import declare_undo
from app.customers.categories.api import CategoryApi
from app.customers.categories.operations import ON_CATEGORIES
from app.customers.categories.permissions import CategoryPermission
from app.customers.categories.services import CATEGORIES_UNDO, name_taken
from app.customers.categories.views import CategoryView
from app.customers.labels.models import CustomerCategory
from app.customers.shared.labels import label_answers
from app.customers.shared.parts import answer
from app.customers.shared.permissions import CustomerPermission
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the categories: their pages, and what may be done with them."""
    grant([CategoryPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant(
        [
            CategoryPermission.CREATE,
            CategoryPermission.UPDATE,
            CategoryPermission.MOVE,
            CategoryPermission.DELETE,
        ],
        [],
    )
    grant([CustomerPermission.CATEGORIZE], CUSTOMER_WORKERS)
    refuses("uq_category_below", name_taken)
    refuses("uq_category_top", name_taken)
    declare_undo(CustomerPermission.CATEGORIZE, CATEGORIES_UNDO)
    answer("categories", label_answers(CustomerCategory, CustomerCategory.category_id))
    for action in ON_CATEGORIES:
        add_operation(CategoryView, CategoryApi, action)
    add_menu_entry(app, "Categories", CategoryView, "fa-folder-tree", _("Categories"))
    add_apis(app, CategoryApi)
