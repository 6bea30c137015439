"""How brokers are shown in the back office: cells and tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.brokers import choices
from app.channel.brokers.models import Broker, BrokerChange
from app.channel.brokers.queries import company_of, count_brokers, visible_brokers
from app.channel.companies.parts import CompanyPart
from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.presentation import address_of, link, list_of
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.channel.companies.models import BrokerCompany
    from app.kernel.pages.elements import TableTab


def broker_cell(broker: Broker | None) -> Any:
    """Link a broker's name to their page."""
    return link(broker.name, address_of("BrokerView", BrokerPermission.READ, broker.id)) if broker else ""


_BROKERS = (
    TabColumn("name", _("Full name"), lambda one: one.name),
    TabColumn("number", _("Number"), lambda one: one.number),
    TabColumn("phone", _("Phone"), lambda one: one.phone),
    TabColumn("kind", _("Type"), lambda one: code_tag(choices.BROKER_KIND, one.kind)),
    TabColumn("status", _("Review"), lambda one: code_tag(choices.REVIEW_STATE, one.review_state)),
)
_CHANGES = (
    TIME,
    TabColumn("phone", _("Phone"), lambda one: _moved(one.phone_before, one.phone_after)),
    TabColumn(
        "company",
        _("Broker company"),
        lambda one: _moved(one.company_before.name, one.company_after.name),
    ),
    TabColumn("by", _("By"), lambda one: one.by_name),
)


def _brokers_tab(company: BrokerCompany, page: int) -> TableTab:
    return newest_table(
        visible_brokers(current_actor()).where(Broker.broker_company_id == company.id),
        Broker,
        page,
        _BROKERS,
        _("No broker yet; brokers register on their phones"),
        url_of=lambda one: address_of("BrokerView", BrokerPermission.READ, one.id),
    )


def _changes_tab(broker: Broker, page: int) -> TableTab:
    """Return the tab of profile changes: time, phone and company before → after, which person (CH-5)."""
    sides = (joinedload(BrokerChange.company_before), joinedload(BrokerChange.company_after))
    found = select(BrokerChange).where(BrokerChange.broker_id == broker.id).options(*sides)
    return newest_table(found, BrokerChange, page, _CHANGES, _("Phone and company were never changed"))


def _moved(before: str, after: str) -> str:
    return f"{before} → {after}" if before != after else ""


def _company_cells(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return how many brokers each company has, as a link to them."""
    return {pk: {"brokers": _number_of(pk, number)} for pk, number in count_brokers(pks).items()}


def _number_of(company_id: int, number: int) -> Any:
    url = list_of("BrokerView", BrokerPermission.READ, company_id=company_id) if number else ""
    return link(number, url)


COMPANY_PART = CompanyPart(
    key="brokers",
    columns=(Broker.broker_company_id, BrokerChange.company_before_id),
    tab=DetailTab("brokers", _("Brokers"), _brokers_tab, read=BrokerPermission.READ),
    cells=_company_cells,
    company_of=company_of,
)
OF_BROKERS = (DetailTab("changes", _("Profile changes"), _changes_tab), OFFICE_LOG_TAB)
