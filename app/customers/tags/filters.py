"""What the list of tags may be asked for (CUST-23)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.labels.models import Tag
from app.customers.tags.queries import USED
from app.kernel.lists.filters import ContainsFilter, FlagFilter
from app.kernel.lists.requests import ListSpec

TAG_LIST = ListSpec(
    (
        ContainsFilter("name", _("Name"), Tag.name),
        FlagFilter("predefined", _("Predefined"), lambda: Tag.is_predefined.is_(True)),
        FlagFilter("used", _("In use"), lambda: USED),
    ),
    {"name": Tag.name_sort, "created_at": Tag.created_at},
    "name",
)
