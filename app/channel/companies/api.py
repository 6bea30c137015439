"""Broker companies in the REST API (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import Response, jsonify

from app.channel.companies import forms
from app.channel.companies import services as companies
from app.channel.companies.filters import COMPANIES
from app.channel.companies.models import BrokerCompany
from app.channel.companies.parts import own_company
from app.channel.companies.queries import get_company, offered_companies, visible_companies
from app.channel.companies.serializers import (
    CompanyRecord,
    company_record,
    company_records,
    outside_company_records,
)
from app.channel.shared.api import sent_values
from app.channel.shared.permissions import BrokerCompanyPermission
from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose, named, public
from app.kernel.api.schemas import Named
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterable


class OfferedCompanies(TypedDict):
    """The companies in use, all of them by name, and the version of the privacy notice to agree to."""

    items: list[Named]
    notice_version: str


class BrokerCompanyApi(KepanApi):
    """``/api/v1/broker-companies``."""

    route_base = "/api/v1/broker-companies"
    class_permission_name = "BrokerCompany"
    record_type = CompanyRecord

    @expose("", methods=["GET"])
    @endpoint(BrokerCompanyPermission.USE, lists=COMPANIES, returns=CompanyRecord)
    def get_list(self) -> Response:
        """Lists broker companies; brokers get those in use, without the contacts of others (CH-2)."""
        return self.list_answer(visible_companies(current_actor()), COMPANIES, self._shown)

    @expose("/offered", methods=["GET"])
    @public(returns=OfferedCompanies)
    def offered(self) -> Response:
        """Lists the companies in use by name, for the choice at registration (CH-3)."""
        found = db.session.scalars(offered_companies().order_by(BrokerCompany.name))
        return jsonify(items=[named(one) for one in found], notice_version=NOTICE_VERSION)

    @expose("", methods=["POST"])
    @endpoint(BrokerCompanyPermission.CREATE, takes=forms.CompanyForm, returns=CompanyRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Creates a broker company (CH-2)."""
        form = self.body(forms.CompanyForm)
        values = {name: value or "" for name, value in form.values().items()}

        def create() -> CompanyRecord:
            return company_record(companies.create_company(**values, actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(BrokerCompanyPermission.USE, returns=CompanyRecord)
    def get(self, pk: int) -> Response:
        """Returns one broker company."""
        return jsonify(self._shown([get_company(pk, actor=current_actor())])[0])

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        BrokerCompanyPermission.UPDATE, takes=forms.CompanyEditForm, partial=True, returns=CompanyRecord
    )
    def patch(self, pk: int) -> Response:
        """Changes the details of a broker company, or whether it is in use (CH-2)."""
        actor = current_actor()
        get_company(pk, actor=actor)
        values = sent_values(self.body(forms.CompanyEditForm, partial=True))
        return jsonify(company_record(companies.edit_company(pk, **values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(BrokerCompanyPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Deletes a broker company that never had brokers or referrals (CH-2)."""
        companies.delete_company(pk, actor=current_actor())
        return jsonify(id=pk)

    def _shown(self, rows: Iterable[BrokerCompany]) -> list[CompanyRecord]:
        """Return whole records to the office; brokers do not read the contacts of competing companies."""
        actor = current_actor()
        if actor.opens_all or actor.may(BrokerCompanyPermission.READ):
            return company_records(rows)
        return outside_company_records(rows, own_company(actor))
