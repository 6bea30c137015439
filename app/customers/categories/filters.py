"""What the list of categories may be asked for (CUST-24)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.labels.models import Category
from app.kernel.lists.filters import ContainsFilter
from app.kernel.lists.requests import MAX_PAGE_SIZE, ListSpec

CATEGORY_LIST = ListSpec(
    (ContainsFilter("name", _("Name"), Category.name),),
    {"path": Category.path},
    "path",
    page_size=MAX_PAGE_SIZE,
)
