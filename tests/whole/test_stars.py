"""OFF-2: every field that a form, its service or its rule requires has a star, also one that a choice requires;
and no other field has one.

Every form of the application is opened as a person does and sent with nothing typed, then with nothing typed
but what is starred, under each of its choices.
"""

from __future__ import annotations

import re
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.database.transactions import is_within_operation
from app.kernel.errors import conflict
from tests.support import make
from tests.support.api.openapi import populate
from tests.support.api.openapi_samples import NEW, PATHS
from tests.support.documents import jpeg
from tests.support.people.world import PASSWORD
from tests.support.web.pages import Page
from tests.support.web.person import Browser
from tests.support.web.routes import Route, all_routes
from tests.support.web.stars import Control, choices_of, controls_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.databases.database import Database

pytestmark = pytest.mark.long

# Signing in: nothing but two required fields, as every sign-in page.
WITHOUT_STARS = {"/login/", "/login/code", "/m/login", "/m/login/code"}
# Fields of a page that are typed to find something, and sent with another button.
SEARCHES = {"company_search"}
PEOPLE = ("admin", "director", "agent", "secretary", "consultant", "onsite")
PLACES = {"customers": "referrals", "tours": "tours", "q": "scans"}  # below /m/
_SILENT = {"checkbox", "radio", "file"}
_numbers = count(1)


class Forms:
    """The forms of the application, with the records and people that open them."""

    def __init__(self, database: Database) -> None:
        self.database, self.app, self.records = database, database.app, populate(database)
        self.opened: set[str] = set()
        broker, rejected = (self.records[name][0] for name in ("channel_broker", "rejected_broker"))
        self.people = [Browser(self.app, name) for name in (*PEOPLE, broker, rejected)] + [Browser(self.app)]

    def __iter__(self) -> Iterator[tuple[str, Browser, list[Control]]]:
        """Generate address, person and fields of each form; once where records differ in nothing."""
        for route in all_routes(self.app):
            if route.method == "POST" and not route.is_api and route.rule not in WITHOUT_STARS:
                yield from self._of(route)

    def _of(self, route: Route) -> Iterator[tuple[str, Browser, list[Control]]]:
        seen = set()
        for path in self._paths(route):
            for browser in self.people:
                answer = browser.get(path)
                if answer.status_code != 200 or "data-form" not in answer.get_data(as_text=True):
                    continue
                controls = [
                    one for one in controls_of(Page(answer)) if one.name not in {*SEARCHES, "csrf_token"}
                ]
                kind = tuple((one.name, one.star) for one in controls)
                if controls and kind not in seen:
                    seen.add(kind)
                    self.opened.add(route.rule)
                    yield path, browser, controls
                break

    def _paths(self, route: Route) -> list[str]:
        parts = route.rule.strip("/").split("/")
        first = PLACES.get(parts[1], "") if parts[0] == "m" else parts[0]
        if "<int:pk>" not in route.rule:
            query = {"viewing-fees": f"?referral_id={self.records['referrals'][0]}"}.get(parts[0], "")
            named = re.sub("<string:token>", str(self.records["scans"][0]), route.rule)
            return [
                re.sub("<string:name>", "follow_statuses", named).replace("<string:code>", "following")
                + query
            ]
        api = PATHS.get(f"POST /api/v1/{route.rule.strip('/').replace('<int:pk>', '{pk}')}", {})
        known = [*self.records.get(api.get("pk", first), []), *self.records.get(first, [])]
        known += [
            one
            for name in ("waiting_brokers", "sold_referrals")
            for one in self.records[name]
            if name.endswith(first)
        ]
        ids = [one for one in dict.fromkeys(known) if isinstance(one, int)] or [1]
        return [re.sub(r"<int:\w+>", str(pk), route.rule) for pk in ids]

    def typed(self, one: Control) -> Any:
        """Return what a person types into a field."""
        world, records = self.database.world, self.records
        given: dict[str, Any] = {
            "department_id": world.department("store_west").id,
            "parent_id": world.department("store_west").id,
            "role_ids": records["agent_roles"][0],
            "broker_id": records["other_brokers"][0],
            "company_id": world.department("store_west").company_id,
            "project_ids": records["projects"][0],
            "customer_id": records["customers"][1],
            "consultant_id": records["consultants"][0],
            "phone1_prefix": "139",
            "phone1_tail": "0001",
            "old_password": PASSWORD,
            "repeated": NEW,
            "new_password": NEW,
            "password": NEW,
            "code": f"c{next(_numbers)}",
            "username": f"name.{next(_numbers)}",
            "closed_on": clock.today().isoformat(),
            "amount": "12",
            "contract_id": records["signed_contracts"][0],
            "receipt_id": records["receipts"][0],
            "parts": "3",
            **dict.fromkeys(("due_on", "first_due_on", "received_on"), clock.today().isoformat()),
        }
        if one.name in given:
            return given[one.name]
        if one.kind == "file":
            return (BytesIO(jpeg()), "a.jpg")
        if "phone" in one.name:
            return make.next_phone()
        return (
            world.actor("agent2").id if one.kind == "remote" else one.choices[-1] if one.choices else "文字"
        )


@pytest.fixture
def rehearsal(monkeypatch):
    """What would be saved is refused instead: the next choice meets the record as it was."""

    commit = Session.commit

    def refuse(session: Session) -> None:
        if is_within_operation():
            conflict("rehearsed", "rehearsed").enforce()
        commit(session)

    def send(browser: Browser, path: str, values: Mapping[str, Any]) -> dict[str, str]:
        with monkeypatch.context() as during:
            during.setattr(Session, "commit", refuse)
            answer = browser.post(path, values)
        assert answer.status_code in {303, 200, 409, 422, 401, 403}, (path, answer.status_code, values)
        page = Page(answer)
        has_form = any("data-form" in one.attrs for one in page.all("form"))
        return page.errors() if answer.status_code == 422 and has_form else {}

    return send


def _as_sent(controls: list[Control], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a browser sends: empty texts too, but no empty box or file."""
    kept = {
        one.name: one.value if one.kind == "hidden" else "" for one in controls if one.kind not in _SILENT
    }
    ticked = {one.name for one in controls if one.kind in _SILENT}
    return {name: value for name, value in {**kept, **values}.items() if value or name not in ticked}


def _complaints(forms: Forms, send) -> Iterator[str]:
    for path, browser, controls in forms:
        starred: set[str] = set()
        refused: set[str] = set()
        for choices in choices_of(controls):
            empty = {one.name for one in controls if one.kind != "hidden" and not choices.get(one.name)}
            needed = [one for one in controls if one.name in empty and one.is_starred(choices)]
            starred |= {one.name for one in needed}
            # Nothing is typed; then what is required whatever is chosen; then all that has a star.
            for typed in ([], [one for one in needed if not one.star], needed):
                values = {**choices, **{one.name: forms.typed(one) for one in typed}}
                errors = send(browser, path, _as_sent(controls, values))
                lacking = {*errors} & empty - {one.name for one in typed}
                refused |= lacking
                for name in lacking - {one.name for one in controls if one.is_starred(values)}:
                    yield f"{path}: {name} has no star ({choices}): {errors[name]}"
        yield from (f"{path}: {name} has a star and may be empty" for name in starred - refused)


def test_off_2_every_required_field_has_a_star_and_no_other(database, rehearsal):
    forms = Forms(database)
    complaints = [*dict.fromkeys(_complaints(forms, rehearsal))]
    assert not complaints, "\n".join(complaints)
    assert len(forms.opened) > 60
    assert {"/customers/new", "/m/report", "/settings/"} <= forms.opened
