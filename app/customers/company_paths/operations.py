"""The operations on company paths, one declaration each (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.company_paths import policies, services
from app.customers.company_paths.forms import PathForm
from app.customers.company_paths.serializers import PathRecord, path_record
from app.customers.shared.belongings import of_customer
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import CompanyPathPermission
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.company_paths.models import CompanyPath

TAB = "company_paths"


def _tab_of(path: CompanyPath) -> str:
    return tab_url(path.customer_id, TAB)


ADD_COMPANY_PATH = Operation(
    name="add_company_path",
    label=_("Add a company path"),
    icon="fa-route",
    form=PathForm,
    policy=policies.can_edit_paths,
    service=services.add_path,
    answer=Answer(_("A company path of %(name)s was added")),
    page=OperationPage(submit_label=_("Add"), goes_to=_tab_of, in_head=False),
    api=OperationApi(
        path="company-paths",
        summary="Add a company path (CUST-12).",
        answer=path_record,
        returns=PathRecord,
        status=CREATED,
    ),
)
MAKE_DEFAULT = Operation(
    name="make_default",
    label=_("Make default"),
    icon="fa-star",
    form=None,
    policy=policies.can_make_default,
    service=services.make_default_path,
    answer=Answer(_("%(name)s is the default path now")),
    page=OperationPage(goes_to=_tab_of, in_list=True),
    api=OperationApi(summary="Make it the customer's default path; the present one is one no more."),
)
REMOVE = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=of_customer(policies.can_edit_paths),
    service=services.delete_path,
    answer=Answer(_("%(name)s was deleted")),
    permission=CompanyPathPermission.DELETE,
    page=OperationPage(
        ask_about=lambda path: gettext("Delete company path “%(name)s”?", name=path.path),
        goes_to=_tab_of,
        in_list=True,
        is_danger=True,
    ),
)
