"""Registration of contracts with the application (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.customers.shared.parts import register_parts
from app.deals.contracts import choices
from app.deals.contracts.api import ContractApi
from app.deals.contracts.models import Contract
from app.deals.contracts.operations import ON_CONTRACTS
from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.queries import signed_unpaid
from app.deals.contracts.tabs import CONTRACTS
from app.deals.contracts.views import ContractView
from app.deals.credit.parts import declare_exposure
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.lists.finding import Command, declare_command
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask

_WRITING = (
    ContractPermission.CREATE,
    ContractPermission.UPDATE,
    ContractPermission.SIGN,
    ContractPermission.END,
    ContractPermission.VOID,
    ContractPermission.REOPEN,
)


def register(app: Flask) -> None:
    """Register contracts, and add them to the customer."""
    declare_dictionaries(choices)
    grant([ContractPermission.READ, ContractPermission.EXPORT], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant(_WRITING, CUSTOMER_WORKERS)
    register_code_fields(Contract.__audit__, state=choices.CONTRACT_STATE)
    declare_exposure(signed_unpaid)
    for action in ON_CONTRACTS:
        add_operation(ContractView, ContractApi, action)
    register_parts(CONTRACTS)
    register_record_page(Contract.__audit__, _page_of)
    declare_notice_kind(NoticeKind(Contract.__audit__, _("Contracts"), needs=ContractPermission.READ))
    offer_export(ContractView, ContractApi, ExportRecorder("contract.export"), begin_export)
    add_menu_entry(app, "Contracts", ContractView, "fa-file-contract", _("Contracts"))
    add_apis(app, ContractApi)
    declare_command(
        Command(_("New contract"), "fa-plus", ContractPermission.CREATE, lambda: url_for("ContractView.add"))
    )


def _page_of(pk: int) -> str:
    return url_for("ContractView.show", pk=pk) if current_actor().may(ContractPermission.READ) else ""
