"""The record of the public pool: who came, why, and who took it (POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.customers.shared.queries import openable_names
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.views import ScopedModelView
from app.pool.public_pool import choices
from app.pool.public_pool.filters import SPEC, TABS
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.queries import PEOPLE, get_entry, visible_entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor

_LINK = Markup('<a href="{}">{}</a>')


def _name(person: Any) -> str:
    return person.name if person else ""


class PoolEntryView(ScopedModelView):
    """Lists the customers' times in the public pool; the customer opens where the actor may open it."""

    datamodel = SQLAInterface(PoolEntry)
    route_base = "/pool-entries"
    class_permission_name = "PoolEntry"
    include_route_methods = {"list", "counts"}
    scope = staticmethod(visible_entries)
    spec = SPEC
    tabs = TABS
    list_options = PEOPLE
    list_title = _("Record of the public pool")
    empty_text = _("Nothing here yet; customers that nobody follows up come into the public pool")
    list_columns = [
        "customer", "state", "reason", "department", "original_owner", "created_at", "new_owner",
        "decided_by", "decided_at",
    ]  # fmt: skip
    label_columns = {
        "customer": _("Customer"),
        "state": _("State"),
        "reason": _("Reason"),
        "department": _("Department"),
        "original_owner": _("Former owner"),
        "created_at": _("In the pool since"),
        "new_owner": _("New owner"),
        "decided_by": _("Taken or given by"),
        "decided_at": _("Until"),
    }
    formatters_columns = {
        "customer": lambda entry: entry.customer.name,
        "state": lambda entry: code_tag(choices.ENTRY_STATE, entry.state),
        "reason": lambda entry: choices.ENTRY_REASON.label(entry.reason),
        "department": lambda entry: entry.department.name,
        "original_owner": lambda entry: _name(entry.original_owner),
        "new_owner": lambda entry: _name(entry.new_owner),
        "decided_by": lambda entry: _name(entry.decided_by),
    }

    def get_record(self, pk: int, actor: Actor) -> PoolEntry:
        return get_entry(pk, actor=actor)

    def record_url(self, _record: PoolEntry) -> str:
        return url_for("PoolEntryView.list")

    def record_title(self, record: PoolEntry) -> str:
        return record.customer.name

    def cells_of(self, records: Sequence[PoolEntry], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the customer's name as a link, where the actor can open the customer."""
        names = openable_names([record.customer_id for record in records], actor)
        return {
            record.id: {"customer": _LINK.format(_customer_url(record), names[record.customer_id])}
            for record in records
            if record.customer_id in names
        }

    def row_url(self, record: PoolEntry, cells: Mapping[str, Any]) -> str:
        return _customer_url(record) if cells else ""


def _customer_url(entry: PoolEntry) -> str:
    return url_for("CustomerView.show", pk=entry.customer_id)
