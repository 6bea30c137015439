"""Broker companies in the back office (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.companies import forms, policies
from app.channel.companies import services as companies
from app.channel.companies.filters import COMPANIES
from app.channel.companies.models import BrokerCompany
from app.channel.companies.queries import companies_in_use, visible_companies
from app.channel.shared import presentation
from app.channel.shared.permissions import BrokerCompanyPermission, BrokerPermission, ReferralPermission
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import finish
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.tabs import DetailTab


_FIELDS = ("name", "contact", "phone", "address", "active")


class BrokerCompanyView(ScopedModelView):
    """Companies whose brokers report customers. One that has or had brokers is disabled, not deleted."""

    datamodel = SQLAInterface(BrokerCompany)
    route_base = "/broker-companies"
    class_permission_name = "BrokerCompany"
    include_route_methods = {"list", "show", "tab", "add", "edit", "enable", "disable", "remove"}
    scope = staticmethod(visible_companies)
    spec = COMPANIES
    detail_tabs: ClassVar[tuple[DetailTab, ...]] = (OFFICE_LOG_TAB,)
    count_brokers: Any = None  # registered by the setup of brokers
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
        """Return how many brokers each company has, as a link to them."""
        counts = self.count_brokers([record.id for record in records])
        return {pk: {"brokers": _brokers(pk, number)} for pk, number in counts.items()}

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
            buttons.append(self._switch_button(record, buttons[0].reason))
        if actor.may(BrokerCompanyPermission.DELETE):
            buttons.append(
                Button(
                    gettext("Delete"),
                    url_for("BrokerCompanyView.remove", pk=record.id),
                    "fa-trash-can",
                    "post",
                    ask=gettext("Delete broker company “%(name)s”?", name=record.name),
                    danger=True,
                    reason=policies.can_delete_company(actor, record, facts).reason,
                )
            )
        return buttons

    @staticmethod
    def _switch_button(record: BrokerCompany, reason: str) -> Button:
        if not record.active:
            url = url_for("BrokerCompanyView.enable", pk=record.id)
            return Button(gettext("Enable"), url, "fa-circle-check", "post", reason=reason)
        ask = gettext(
            "Disable “%(name)s”? Nobody can register for it any more; its brokers go on working.",
            name=record.name,
        )
        url = url_for("BrokerCompanyView.disable", pk=record.id)
        return Button(gettext("Disable"), url, "fa-ban", "post", ask=ask, reason=reason)

    def check_edit(self, _record: BrokerCompany, actor: Actor, _facts: policies.CompanyFacts) -> Decision:
        return policies.can_keep_companies(actor, BrokerCompanyPermission.UPDATE)

    def form_data(self, record: BrokerCompany | None, _actor: Actor) -> dict[str, Any]:
        return {name: getattr(record, name) for name in _FIELDS} if record else {}

    def create(self, values: dict[str, Any], actor: Actor) -> BrokerCompany:
        return companies.create_company(**_texts(values), actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> BrokerCompany:
        return companies.edit_company(pk, **_texts(values), actor=actor)

    @expose("/<int:pk>/enable", methods=["POST"])
    @permitted(BrokerCompanyPermission.UPDATE)
    def enable(self, pk: int) -> Any:
        """Enable the company again."""
        companies.edit_company(pk, active=True, actor=current_actor())
        return finish(url_for("BrokerCompanyView.show", pk=pk), _("The company is offered again"))

    @expose("/<int:pk>/disable", methods=["POST"])
    @permitted(BrokerCompanyPermission.UPDATE)
    def disable(self, pk: int) -> Any:
        """Disable the company."""
        companies.edit_company(pk, active=False, actor=current_actor())
        return finish(url_for("BrokerCompanyView.show", pk=pk), _("The company is no longer offered"))

    @expose("/<int:pk>/remove", methods=["POST"])
    @permitted(BrokerCompanyPermission.DELETE)
    def remove(self, pk: int) -> Any:
        """Delete a company that never had brokers."""
        companies.delete_company(pk, actor=current_actor())
        return finish(url_for("BrokerCompanyView.list"), _("The company was deleted"))


def _brokers(pk: int, number: int) -> Any:
    url = presentation.list_of("BrokerView", BrokerPermission.READ, company_id=pk) if number else ""
    return presentation.link(number, url)


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """Replace empty fields by empty texts."""
    return {name: "" if value is None else value for name, value in values.items()}
