"""The OpenAPI document compared with the server: cases made by schemathesis, and an ordinary call of each
operation.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from app.channel.brokers.services import review_broker
from app.channel.collisions.models import Collision
from app.channel.companies.services import create_company
from app.channel.fees.services import create_fee
from app.channel.referrals.deals import close_referral
from app.channel.scans.models import OnsiteScan
from app.channel.tours.services import record_tour
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.kernel.translation import N_
from app.notices.outbox.models import OutgoingMessage
from app.notices.services import add_todo, notify
from app.org.accounts import administration
from app.org.departments.services import add_department
from app.org.roles.services import create_role
from app.org.sessions.login_sessions import open_session
from app.org.sessions.sms_codes import DIGITS, send_sms_code
from tests.support import make
from tests.support.api.customer_records import customer_parts, imports, labels, public_pool
from tests.support.api.deal_records import business_records, contracts
from tests.support.api.fuzz import bounded
from tests.support.api.listing_records import listings
from tests.support.api.openapi_samples import NEWCOMERS, SIGNED_UP
from tests.support.channel.scene import Channel, every, picture
from tests.support.people.accounts import Authenticator, account
from tests.support.people.roles import role_id
from tests.support.web.clients import ApiClient, apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import APIOperation, BaseSchema

    from app.kernel.access.actor import Actor
    from tests.support.databases.database import Database

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


PLAIN = {"Accept-Encoding": "identity"}


class Conformance:
    """The document as one person gets it, and the records for its paths."""

    def __init__(self, database: Database, username: str, records: Mapping[str, list[Any]]) -> None:
        self.client = ApiClient(database.app, username)
        answer = self.client.get("/openapi.json")
        assert answer.status_code == 200
        self.schema: BaseSchema = schemathesis.openapi.from_dict(answer.get_json())
        self.schema.app = database.app
        self.records = records
        self.answered: set[tuple[str, int]] = set()

    def operations(self) -> list[APIOperation]:
        """Return every operation of the document."""
        return [found.ok() for found in self.schema.get_all_operations()]

    def headers_for(self, operation: APIOperation) -> dict[str, str]:
        """Return the headers with the person's token, where one is required; the tester reads no gzip."""
        public = operation.definition.raw.get("security") == []
        return dict(PLAIN) if public else {**PLAIN, "Authorization": f"Bearer {self.client.token}"}

    def paths_of(self, operation: APIOperation) -> list[dict[str, Any]]:
        """Return the operation's paths: with records that exist, and with one that does not."""
        asked = [p for p in operation.definition.raw["parameters"] if p["in"] == "path"]
        if not asked:
            return [{}]
        names, takes_ids = [p["name"] for p in asked], asked[0]["schema"]["type"] == "integer"
        known = self.records.get(operation.path.split("/")[3], [])
        known = [one for one in known if isinstance(one, int) or not takes_ids]
        return [{names[0]: one, **dict.fromkeys(names[1:], 1)} for one in [*known, 10**6]]

    def complaint(self, operation: APIOperation, mode: GenerationMode, examples: int) -> str:
        """Return what is wrong with the operation; empty when server and document agree."""
        headers = self.headers_for(operation)

        def cases(path: dict[str, Any]) -> Any:
            return operation.as_strategy(generation_mode=mode, path_parameters=path, headers=headers)

        @bounded(examples)
        @given(case=st.sampled_from(self.paths_of(operation)).flatmap(cases))
        def ask(case: schemathesis.Case) -> None:
            response = case.call_and_validate(checks=CHECKS)
            self.answered.add((operation.label, response.status_code))

        try:
            ask()
        except Unsatisfiable:
            return "" if mode is GenerationMode.NEGATIVE else f"{operation.label}: no case can be made"
        except (FailureGroup, AssertionError) as error:
            return f"{operation.label}: {_describe_operation(error)}"
        return ""


def _describe_operation(error: BaseException) -> str:
    """Return the failure without the document's own text."""
    return "; ".join(str(one)[:700] for one in getattr(error, "exceptions", [error]))


def populate(database: Database) -> dict[str, list[Any]]:
    """Create a customer in each state, a message, a to-do, and the records for the organisation's operations.

    Return the ids for paths, by first part, and the records that ``openapi_samples`` names.
    """
    actor = database.world.actor

    def fill() -> dict[str, list[Any]]:
        agent = actor("agent")
        phone = make.next_phone()
        customers = [
            make.make_customer(agent, phone=phone),
            make.make_platform_customer(agent),
            make.make_platform_customer(agent, state="private"),
            make.make_platform_customer(actor("manager"), state="off_shelf"),
        ]
        opened = open_session(account("agent"), "api").id
        todo = add_todo(agent.id, N_("To-do completed"), due_at=clock.now(), customer_id=customers[0].id)
        notice = notify(agent.id, N_("To-do completed"), customer_id=customers[0].id)
        db.session.commit()
        return {
            "customers": [one.id for one in customers],
            "phones": [phone],
            "todos": [todo.id],
            "sessions": [opened],
            "notifications": [notice.id],
        }

    return {
        **apart(database.app, fill),
        **apart(database.app, lambda: customer_parts(database)),
        **apart(database.app, lambda: labels(database)),
        **apart(database.app, lambda: imports(database)),
        **apart(database.app, lambda: _pool(database)),
        **apart(database.app, lambda: _organisation(database)),
        **apart(database.app, lambda: _channel(database)),
        **apart(database.app, lambda: business_records(database)),
        **apart(database.app, lambda: contracts(database)),
        **apart(database.app, lambda: listings(database)),
        "dictionaries": ["grades", "customer_pools"],
        "staff": [actor("agent").id, actor("manager").id],
    }


def _pool(database: Database) -> dict[str, list[Any]]:
    """Create a customer for each operation of the pool, and pushes to be answered."""
    agent, agent2 = (database.world.actor(name) for name in ("agent", "agent2"))

    def pushed(sender: Actor, receiver: Actor, state: str = "pending") -> int:
        made = make.make_customer(sender)
        return make.make_push(made, receiver=receiver, sender=sender, state=state).id

    received = [pushed(agent2, agent) for _ in range(2)]
    return {
        "pending": [make.make_platform_customer(agent).id],
        "nobodys": [make.make_platform_customer(agent, state="following").id],
        "held": [make.make_platform_customer(agent, state="private").id],
        **public_pool(database),
        "on_shelf": [make.make_customer(agent).id],
        "off_shelf": [make.shelve(make.make_customer(agent)).id],
        "pushes": received[:1],
        "spare_pushes": received[1:],
        "sent_pushes": [pushed(agent, agent2)],
        "accepted_pushes": [pushed(agent, agent2, "accepted")],
    }


def _organisation(database: Database) -> dict[str, list[Any]]:
    """Create accounts in each state, an empty department, and a role."""
    world = database.world
    admin, east = world.actor("admin"), world.department("store_east").id
    accounts = {name: account(name).id for name in ("broker", "brokersite", "visitor")}
    administration.disable_account(accounts["brokersite"], actor=admin)
    for name in ("visitor", "manager2"):
        Authenticator(name)
    departments = [add_department(name=name, parent_id=east, actor=admin).id for name in ("甲组", "乙组")]
    return {
        "accounts": [accounts["broker"]],
        "closed_accounts": [accounts["brokersite"]],
        "coded_accounts": [accounts["visitor"]],
        "coded_staff": [world.actor("manager2").id],
        "moving": [world.actor("agent3").id],
        "departments": departments[:1],
        "spare_departments": departments[1:],
        "roles": [role_id("Finance")],
        "own_roles": [create_role(name="督导", kind="own", actor=admin).role_id],
        "agent_roles": [role_id("Agent")],
    }


def _channel(database: Database) -> dict[str, list[Any]]:
    """Create referrals in the states that operations need, with their parts."""
    here = Channel(database.world)
    admin, director = here.admin, here.actor("director")
    for name, phone in (("waiting", "13900000009"), ("rejected", "13900000010")):
        here.register(name, phone, "周五", 0, "company_onsite")
    review_broker(here.brokers["rejected"].id, approve=False, reason="资料不全", actor=director)
    bound, moving, closing, closed, sold = (here.bound("broker1", name) for name in "甲乙丙丁戊")
    for one in (closed, sold):
        close_referral(one.id, closed_on=clock.today(), actor=director)
    here.report("broker2", "甲")
    tour = record_tour(token=bound.qr_token or "", intention="A", actor=here.actor("consultant"))
    paid = create_fee(
        referral_id=bound.id, amount=Decimal(100), screenshot=picture(), actor=here.actor("secretary")
    )
    return {
        "referrals": [bound.id],
        "moving_referrals": [moving.id],
        "closing_referrals": [closing.id],
        "closed_referrals": [closed.id],
        "sold_referrals": [sold.id],
        "scans": [bound.qr_token],
        "tours": [tour.id],
        "viewing-fees": [paid.id],
        "collisions": [every(Collision)[0].id],
        "projects": [here.project.id],
        "consultants": [here.actor("consultant").id],
        "brokers": [here.brokers["broker1"].id],
        "other_brokers": [here.brokers["broker2"].id],
        "waiting_brokers": [here.brokers["waiting"].id],
        "broker-companies": [here.companies[0].id],
        "spare_companies": [create_company(name="空壳公司", actor=admin).id],
        "channel_broker": [here.username("broker1")],
        "rejected_broker": [here.username("rejected")],
        "rejected_brokers": [here.brokers["rejected"].id],
        "scan_ids": [every(OnsiteScan)[0].id],
        "login_codes": [sent_code(SIGNED_UP, "login")],
        "register_codes": [sent_code(phone) for phone in NEWCOMERS],
    }


def sent_code(phone: str, purpose: str = "register") -> str:
    """Request a code, and return it as its recipient reads it."""
    send_sms_code(phone=phone, purpose=purpose)
    newest = select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).limit(1)
    body = keys().fernet.decrypt(db.session.scalars(newest).one().body_cipher.encode()).decode()
    return "".join(c for c in body if c.isdigit())[:DIGITS]
