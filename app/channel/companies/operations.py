"""The operations on broker companies that need no form (CH-2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.companies.policies import can_delete_company, can_switch_company
from app.channel.companies.services import delete_company, edit_company
from app.channel.shared.permissions import BrokerCompanyPermission
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationPage, without_facts

if TYPE_CHECKING:
    from app.channel.companies.models import BrokerCompany


def _page_of(company: BrokerCompany) -> str:
    return url_for("BrokerCompanyView.show", pk=company.id)


def _ask_to_disable(company: BrokerCompany) -> str:
    return gettext(
        "Disable “%(name)s”? Nobody can register for it any more; its brokers go on working.",
        name=company.name,
    )


ENABLE = Operation(
    name="enable",
    label=_("Enable"),
    icon="fa-circle-check",
    form=None,
    policy=without_facts(can_switch_company),
    service=partial(edit_company, active=True),
    answer=Answer(_("%(name)s is offered again")),
    permission=BrokerCompanyPermission.UPDATE,
    page=OperationPage(goes_to=_page_of),
)
DISABLE = Operation(
    name="disable",
    label=_("Disable"),
    icon="fa-ban",
    form=None,
    policy=without_facts(can_switch_company),
    service=partial(edit_company, active=False),
    answer=Answer(_("%(name)s is no longer offered")),
    permission=BrokerCompanyPermission.UPDATE,
    page=OperationPage(ask_about=_ask_to_disable, goes_to=_page_of),
)
REMOVE = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=can_delete_company,
    service=delete_company,
    answer=Answer(_("%(name)s was deleted")),
    permission=BrokerCompanyPermission.DELETE,
    page=OperationPage(
        ask_about=lambda company: gettext("Delete broker company “%(name)s”?", name=company.name),
        goes_to=lambda _company: url_for("BrokerCompanyView.list"),
        is_danger=True,
    ),
)
ON_COMPANIES = (ENABLE, DISABLE, REMOVE)
