"""Brokers in the REST API (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.channel.brokers import forms
from app.channel.brokers.filters import BROKERS
from app.channel.brokers.models import Broker, BrokerChange
from app.channel.brokers.queries import get_broker, get_broker_of, visible_brokers
from app.channel.brokers.registration import register_broker
from app.channel.brokers.serializers import (
    BrokerChangeRecord,
    BrokerRecord,
    broker_change_records,
    broker_record,
    broker_records,
)
from app.channel.brokers.services import edit_broker, edit_own_broker
from app.channel.shared.api import Registered, sent_values, sign_in_newcomer
from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.registration import anonymous_actor, prove_newcomer
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named, public
from app.kernel.lists.requests import ListSpec
from app.org.roles.names import BROKER, BROKER_ON_SITE
from app.org.sessions.web_session import keep_own_session
from app.org.staff.directory_api import OwnBroker

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.staff.directory_api import OwnBroker


_CHANGES = ListSpec((), {"created_at": BrokerChange.created_at}, "-created_at")


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
        values = sent_values(self.body(forms.BrokerForm, partial=True))
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
