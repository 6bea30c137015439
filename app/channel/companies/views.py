"""Broker companies in the back office (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.companies import forms, policies
from app.channel.companies import services as companies
from app.channel.companies.filters import COMPANIES
from app.channel.companies.models import BrokerCompany
from app.channel.companies.operations import DISABLE, ENABLE, REMOVE
from app.channel.companies.parts import cells_of_parts, companies_in_use
from app.channel.companies.queries import visible_companies
from app.channel.shared import presentation
from app.channel.shared.permissions import BrokerCompanyPermission, ReferralPermission
from app.kernel.pages.elements import Button
from app.kernel.pages.operations import operation_button
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.operations import Operation


_FIELDS = ("name", "contact", "phone", "address", "active")


class BrokerCompanyView(ScopedModelView):
    """Companies whose brokers report customers. One that has or had brokers is disabled, not deleted."""

    datamodel = SQLAInterface(BrokerCompany)
    route_base = "/broker-companies"
    class_permission_name = "BrokerCompany"
    include_route_methods = {"list", "show", "tab", "add", "edit"}
    scope = staticmethod(visible_companies)
    spec = COMPANIES
    list_title = _("Broker companies")
    add_title = _("New broker company")
    edit_title = _("Edit broker company")
    empty_text = _("No broker company yet; brokers choose theirs when they register")
    add_form_class = forms.CompanyForm
    edit_form_class = forms.CompanyEditForm
    list_columns = ["name", "contact", "phone", "address", "brokers", "status", "created_at"]
    number_columns = frozenset({"brokers"})
    wide_columns = frozenset({"address"})
    label_columns = {
        "name": _("Name"),
        "contact": _("Contact"),
        "phone": _("Phone"),
        "address": _("Address"),
        "brokers": _("Brokers"),
        "status": _("State"),
        "created_at": _("Created"),
    }
    formatters_columns = {"status": presentation.in_use_tag}
    show_fieldsets = [("", {"fields": ["name", "contact", "phone", "address", "created_at"]})]

    def record_tags(self, record: BrokerCompany) -> list[Any]:
        return [presentation.in_use_tag(record)]

    def facts_of(self, records: Sequence[BrokerCompany], actor: Actor) -> Mapping[int, policies.CompanyFacts]:
        """Return whether each company has or had brokers, for those who may delete."""
        pks = [record.id for record in records]
        used = companies_in_use(pks) if actor.may(BrokerCompanyPermission.DELETE) else set()
        return {pk: policies.CompanyFacts(in_use=pk in used) for pk in pks}

    def cells_of(self, records: Sequence[BrokerCompany], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return what other subjects show of each company: how many brokers it has."""
        return cells_of_parts([record.id for record in records])

    def row_buttons(self, record: BrokerCompany, actor: Actor, facts: policies.CompanyFacts) -> list[Button]:
        return [
            Button(gettext("Open"), self.record_url(record)),
            *self._edit_and_delete_buttons(record, actor, facts),
        ]

    def detail_buttons(
        self, record: BrokerCompany, actor: Actor, facts: policies.CompanyFacts
    ) -> list[Button]:
        url = presentation.list_of("ReferralView", ReferralPermission.READ, company_id=record.id)
        referrals = [Button(gettext("Referrals"), url, "fa-address-card")] if url else []
        return [*self._edit_and_delete_buttons(record, actor, facts), *referrals]

    def _edit_and_delete_buttons(
        self, record: BrokerCompany, actor: Actor, facts: policies.CompanyFacts
    ) -> list[Button]:
        """Return the buttons that the actor's roles may use: edit, disable or enable, delete."""
        buttons = self.edit_buttons(record, actor, facts)
        if buttons:
            buttons.append(self._button(DISABLE if record.active else ENABLE, record, actor, facts))
        if actor.may(BrokerCompanyPermission.DELETE):
            buttons.append(self._button(REMOVE, record, actor, facts))
        return buttons

    def _button(
        self, operation: Operation, record: BrokerCompany, actor: Actor, facts: policies.CompanyFacts
    ) -> Button:
        return operation_button(self.endpoint, operation, record, operation.policy(actor, record, facts))

    def check_edit(self, _record: BrokerCompany, actor: Actor, _facts: policies.CompanyFacts) -> Decision:
        return policies.can_keep_companies(actor, BrokerCompanyPermission.UPDATE)

    def form_data(self, record: BrokerCompany | None, _actor: Actor) -> dict[str, Any]:
        return {name: getattr(record, name) for name in _FIELDS} if record else {}

    def create(self, values: dict[str, Any], actor: Actor) -> BrokerCompany:
        return companies.create_company(**_texts(values), actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> BrokerCompany:
        return companies.edit_company(pk, **_texts(values), actor=actor)


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """Replace empty fields by empty texts."""
    return {name: "" if value is None else value for name, value in values.items()}
