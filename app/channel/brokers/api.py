"""Broker companies and brokers in the REST API (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from flask import Response, jsonify
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.channel.brokers import companies, forms
from app.channel.brokers.filters import BROKERS, COMPANIES
from app.channel.brokers.models import Broker, BrokerChange, BrokerCompany
from app.channel.brokers.queries import (
    get_broker,
    get_broker_of,
    offered_companies,
    visible_brokers,
    visible_companies,
)
from app.channel.brokers.registration import register_broker
from app.channel.brokers.serializers import (
    BrokerChangeRecord,
    BrokerRecord,
    CompanyRecord,
    broker_change_records,
    broker_record,
    broker_records,
    company_record,
    company_records,
    outside_company_records,
)
from app.channel.brokers.services import edit_broker, edit_own_broker
from app.channel.shared.api import Registered, sign_in_newcomer
from app.channel.shared.permissions import BrokerCompanyPermission, BrokerPermission
from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.channel.shared.registration import anonymous_actor, prove_newcomer
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose, json_body, named, public
from app.kernel.api.schemas import Named
from app.kernel.database.session import db
from app.kernel.lists.requests import ListSpec
from app.org.roles.names import BROKER, BROKER_ON_SITE
from app.org.sessions.web_session import keep_own_session
from app.org.staff.directory_api import OwnBroker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor
    from app.kernel.fields.forms import BaseForm
    from app.org.staff.directory_api import OwnBroker


_CHANGES = ListSpec((), {"created_at": BrokerChange.created_at}, "-created_at")


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
        return self.list_answer(visible_companies(current_actor()), COMPANIES, _shown_companies)

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
        return jsonify(_shown_companies([companies.get_company(pk, actor=current_actor())])[0])

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        BrokerCompanyPermission.UPDATE, takes=forms.CompanyEditForm, partial=True, returns=CompanyRecord
    )
    def patch(self, pk: int) -> Response:
        """Changes the details of a broker company, or whether it is in use (CH-2)."""
        actor = current_actor()
        companies.get_company(pk, actor=actor)
        values = _given(self.body(forms.CompanyEditForm, partial=True))
        return jsonify(company_record(companies.edit_company(pk, **values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(BrokerCompanyPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Deletes a broker company that never had brokers or referrals (CH-2)."""
        companies.delete_company(pk, actor=current_actor())
        return jsonify(id=pk)


class BrokerApi(KepanApi):
    """``/api/v1/brokers``."""

    route_base = "/api/v1/brokers"
    class_permission_name = "Broker"
    record_type = BrokerRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Broker:
        """Return a broker that the caller can open."""
        return get_broker(pk, actor=actor)

    @staticmethod
    def record(broker: Any) -> BrokerRecord:
        """Return the response of every operation."""
        return broker_record(get_broker(broker.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(BrokerPermission.USE, lists=BROKERS, returns=BrokerRecord)
    def get_list(self) -> Response:
        """Lists the brokers that the caller may see, newest first (CH-5, CH-9)."""
        people = joinedload(Broker.broker_company)
        return self.list_answer(visible_brokers(current_actor()), BROKERS, broker_records, people)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(BrokerPermission.USE, returns=BrokerRecord)
    def get(self, pk: int) -> Response:
        """Returns one broker."""
        return jsonify(broker_record(get_broker(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(BrokerPermission.USE, takes=forms.BrokerForm, partial=True, returns=BrokerRecord)
    def patch(self, pk: int) -> Response:
        """Changes a broker's phone or company (CH-5, CH-6).

        Brokers who change their own phone send ``sms_code`` from the new number (purpose ``change_phone``)
        and the present factor: ``present_password``, or ``present_code`` from the present number
        (purpose ``confirm``) while they have no password (ACC-18).
        """
        actor = current_actor()
        get_broker(pk, actor=actor)
        values = _given(self.body(forms.BrokerForm, partial=True))
        if pk == actor.id:
            changed = edit_own_broker(**values, actor=actor)
            keep_own_session(pk, actor)
            return jsonify(self.record(changed))
        given = {name: value for name, value in values.items() if name in {"phone", "company_id"}}
        return jsonify(self.record(edit_broker(pk, **given, actor=actor)))

    @expose("/<int:pk>/changes", methods=["GET"])
    @endpoint(BrokerPermission.USE, lists=_CHANGES, returns=BrokerChangeRecord)
    def changes(self, pk: int) -> Response:
        """Lists the changes of a broker's profile, newest first (CH-5)."""
        broker = get_broker(pk, actor=current_actor())
        statement = select(BrokerChange).where(BrokerChange.broker_id == broker.id)
        sides = (joinedload(BrokerChange.company_before), joinedload(BrokerChange.company_after))
        return self.list_answer(statement, _CHANGES, broker_change_records, *sides)

    @expose("/register", methods=["POST"])
    @public(takes=forms.BrokerSignUpForm, returns=Registered, status=201, refusals=(409,))
    def register(self) -> tuple[Response, int]:
        """Registers a broker or company on-site, and signs them in (CH-3).

        A ticket of the mini-program links the account with WeChat and proves the number that WeChat has
        proved; the ticket of a sign-in by code proves its number (CH-31).
        """
        values = self.body(forms.BrokerSignUpForm).values()
        wechat = prove_newcomer(values)
        values["nickname"] = values["nickname"] or ""
        made = register_broker(**values, wechat=wechat, actor=anonymous_actor())
        return sign_in_newcomer(made.id, made.number)


def _given(form: BaseForm) -> dict[str, Any]:
    """Return only the values that the caller sent, an empty text for none."""
    sent = json_body()
    return {
        name: "" if value is None else value
        for name, value in form.values().items()
        if sent.get(name) is not None
    }


def own_broker(actor: Actor) -> OwnBroker | None:
    """Return the caller's profile as a broker (CH-3)."""
    found = get_broker_of(actor) if actor.roles & {BROKER, BROKER_ON_SITE} else None
    if found is None:
        return None
    return {
        "id": found.id,
        "kind": found.kind,
        "company": named(found.broker_company),
        "review_state": found.review_state,
        "review_reason": found.review_reason,
    }


def _shown_companies(rows: Iterable[BrokerCompany]) -> list[CompanyRecord]:
    """Return whole records to the office; brokers do not read the contacts of competing companies."""
    actor = current_actor()
    if actor.opens_all or actor.may(BrokerCompanyPermission.READ):
        return company_records(rows)
    broker = get_broker_of(actor)
    return outside_company_records(rows, broker.broker_company_id if broker else None)
