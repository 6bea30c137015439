"""The codes that channel sales offer (CH-7)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.dictionaries import dictionary

SHOP_CATEGORY = dictionary(
    "shop_categories",
    {
        "catering": _("Catering"),
        "retail": _("Retail"),
        "supermarket": _("Supermarket"),
        "children": _("Children and education"),
        "leisure": _("Leisure and sport"),
        "beauty": _("Beauty and health"),
        "services": _("Services of daily life"),
        "other": _("Other"),
    },
    title=_("Shop categories"),
    editable=True,
)
