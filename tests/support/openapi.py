"""The OpenAPI document against the server: cases made by schemathesis, and an ordinary call of each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
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

from app.kernel import clock
from app.kernel.db import db
from app.kernel.marks import N_
from app.notices.services import add_todo, notify
from tests.support import make
from tests.support.clients import ApiClient, apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import APIOperation, BaseSchema

    from tests.support.database import Database

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def bounded(examples: int) -> settings:
    """The same few cases in every run; ``KEPAN_FUZZ=20`` takes twenty times as many, others each time."""
    factor = int(os.environ.get("KEPAN_FUZZ") or 1)
    return settings(
        max_examples=examples * factor,
        derandomize=factor == 1,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class Conformance:
    """The document as one person gets it, and the records that its paths may name."""

    def __init__(self, database: Database, username: str, records: Mapping[str, list[Any]]) -> None:
        self.client = ApiClient(database.app, username)
        answer = self.client.get("/openapi.json")
        assert answer.status_code == 200
        self.schema: BaseSchema = schemathesis.openapi.from_dict(answer.get_json())
        self.schema.app = database.app
        self.records = records
        self.answered: set[tuple[str, int]] = set()

    def operations(self) -> list[APIOperation]:
        """Every operation of the document."""
        return [found.ok() for found in self.schema.get_all_operations()]

    def headers_for(self, operation: APIOperation) -> dict[str, str]:
        """The person's token, where one is asked for."""
        public = operation.definition.raw.get("security") == []
        return {} if public else {"Authorization": f"Bearer {self.client.token}"}

    def paths_of(self, operation: APIOperation) -> list[dict[str, Any]]:
        """Ways to fill in its path: records that are there, and one that is not."""
        names = [p["name"] for p in operation.definition.raw["parameters"] if p["in"] == "path"]
        if not names:
            return [{}]
        known = self.records.get(operation.path.split("/")[3], [])
        return [{names[0]: one, **dict.fromkeys(names[1:], 1)} for one in [*known, 10**6]]

    def complaint(self, operation: APIOperation, mode: GenerationMode, examples: int) -> str:
        """What is wrong with the operation; empty when server and document agree."""
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
            return f"{operation.label}: {_told(error)}"
        return ""


def _told(error: BaseException) -> str:
    """What went wrong, without the document's own text."""
    return "; ".join(str(one)[:700] for one in getattr(error, "exceptions", [error]))


def populate(database: Database) -> dict[str, list[Any]]:
    """A customer in each of the states, a message, a to-do; answers what paths may name, by first part."""
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
        todo = add_todo(agent.id, N_("To-do completed"), due_at=clock.now(), customer_id=customers[0].id)
        told = notify(agent.id, N_("To-do completed"), customer_id=customers[0].id)
        db.session.commit()
        return {
            "customers": [one.id for one in customers],
            "phones": [phone],
            "todos": [todo.id],
            "notifications": [told.id],
        }

    return {
        **apart(database.app, fill),
        "dictionaries": ["grades", "customer_pools"],
        "staff": [actor("agent").id, actor("manager").id],
    }
