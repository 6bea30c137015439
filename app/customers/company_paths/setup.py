"""Registration of company paths with the application (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit
from app.customers.company_paths.api import CompanyPathApi
from app.customers.company_paths.fields import LOGGED
from app.customers.company_paths.operations import MAKE_DEFAULT, REMOVE
from app.customers.company_paths.services import two_defaults
from app.customers.company_paths.tabs import COMPANY_PATHS
from app.customers.company_paths.views import CompanyPathView
from app.customers.shared.fields import describe_logged
from app.customers.shared.parts import register_parts
from app.customers.shared.permissions import CompanyPathPermission, CustomerPermission
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.setup import add_apis, add_views
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register company paths; the customer's own operation comes with the file's."""
    grant([CompanyPathPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=_("Company paths"))
    grant(
        [CompanyPathPermission.UPDATE, CompanyPathPermission.DELETE, CompanyPathPermission.MAKE_DEFAULT],
        CUSTOMER_WORKERS,
    )
    grant([CustomerPermission.ADD_COMPANY_PATH], CUSTOMER_WORKERS)
    refuses("uq_company_path_default", two_defaults)
    counts_as_edit(
        "customer.add_company_path",
        "customer.update_company_path",
        "customer.make_default_path",
        "customer.delete_company_path",
    )
    describe_logged(LOGGED)
    add_operation(CompanyPathView, CompanyPathApi, MAKE_DEFAULT)
    add_operation(CompanyPathView, None, REMOVE)
    register_parts(COMPANY_PATHS)
    add_views(app, CompanyPathView)
    add_apis(app, CompanyPathApi)
