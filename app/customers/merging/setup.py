"""Registration of merges and of the duplicate finder, called by the customers' own (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.merging import choices, policies
from app.customers.merging.api import DuplicatePairApi
from app.customers.merging.jobs import find_duplicates
from app.customers.merging.operations import DISMISS, MERGE, UNMERGE
from app.customers.merging.tabs import MERGES
from app.customers.merging.views import DuplicatePairView
from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.parts import register_parts
from app.customers.shared.permissions import CustomerPermission, DuplicatePairPermission
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.jobs.registry import Job, daily, register_job
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import CUSTOMER_WORKERS

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the tab of merged files, the list of pairs, and the job that finds them."""
    declare_dictionaries(choices)
    grant([CustomerPermission.MERGE, CustomerPermission.UNMERGE], CUSTOMER_WORKERS)
    grant([*DuplicatePairPermission], CUSTOMER_WORKERS)
    refuses("uq_customer_merge_open", lambda: policies.ALREADY_MERGED)
    register_parts(MERGES)
    add_operation(DuplicatePairView, None, DISMISS)
    add_menu_entry(app, "Duplicates", DuplicatePairView, "fa-clone", _("Duplicates"))
    add_apis(app, DuplicatePairApi)
    register_job(Job("find_duplicates", _("Find duplicate customers"), daily(3, 10), find_duplicates))


def add_operations() -> None:
    """Add the operations on customers, after those of the file itself."""
    for operation in (MERGE, UNMERGE):
        add_operation(CustomerView, CustomerApi, operation)
