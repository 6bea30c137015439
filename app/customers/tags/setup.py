"""Registration of tags with the application (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.undo.services import declare_undo
from app.customers.labels.models import CustomerTag
from app.customers.shared.labels import label_answers
from app.customers.shared.parts import answer
from app.customers.shared.permissions import CustomerPermission
from app.customers.tags.api import CustomerTagsApi, TagApi
from app.customers.tags.operations import ON_TAGS
from app.customers.tags.permissions import TagPermission
from app.customers.tags.services import TAGS_UNDO, name_taken
from app.customers.tags.views import TagView
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE, STORE_MANAGER

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the tags: their pages, and what may be done with them."""
    grant([TagPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant([TagPermission.CREATE], CUSTOMER_WORKERS)
    grant([TagPermission.UPDATE, TagPermission.MERGE, TagPermission.DELETE], [STORE_MANAGER])
    grant([CustomerPermission.TAG], CUSTOMER_WORKERS)
    refuses("uq_tag_name_search", name_taken)
    declare_undo(CustomerPermission.TAG, TAGS_UNDO)
    answer("tags", label_answers(CustomerTag, CustomerTag.tag_id))
    for action in ON_TAGS:
        add_operation(TagView, TagApi, action)
    add_menu_entry(app, "Tags", TagView, "fa-tags", _("Tags"))
    add_apis(app, TagApi, CustomerTagsApi)
