"""ACC-6: what a button says is what pressing it does: for every declared operation, record and person, the
button's verdict equals the answer of the operation's page and of its REST endpoint, and that of ``/allowed``.

The buttons are those of the views' own rows and heads, with the facts that lists and pages load; the answers come
over HTTP, with the ordinary bodies of ``tests/support/api/openapi_samples``.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pytest
from flask import g
from sqlalchemy import select

from app.channel.companies.services import create_company, edit_company
from app.channel.projects.services import assign_members, create_plot
from app.customers.merging.pairs import dismiss_pair
from app.deals.tickets.services import close_ticket, create_ticket
from app.kernel.access.guard import unscoped
from app.kernel.clock import now
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.exports.views import ExportRequest
from app.kernel.pages.answers import SAVED
from app.kernel.pages.operations import (
    Operation,
    declared_operations,
    operation_button,
    operations_of_resource,
)
from app.kernel.pages.views import ScopedModelView
from app.kernel.translation import N_
from app.notices.services import add_todo, complete_todo
from app.org.shared.models import Staff
from app.system.jobs.services import request_job_run, stop_job_run
from app.system.runs.services import cancel_run, start_run
from tests.support.api.openapi import populate
from tests.support.api.openapi_callers import PATHS
from tests.support.api.openapi_samples import BODIES
from tests.support.people.world import PEOPLE
from tests.support.web.clients import ApiClient, apart
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

# The administrator comes last: changes of accounts end other people's sessions.
ASKERS = [*(name for name in PEOPLE if name != "admin"), "admin"]
MOST_RECORDS = 4
RULE, DONE_OR_TYPED = (403, 409), (200, 201, 303, 422)
GROUPS = [
    ("Customer",),
    ("Push", "Referral", "Collision", "ViewingFee", "Broker", "Project", "DuplicatePair"),
    ("Staff", "Account", "Department", "Role", "OutgoingMessage", "Consultant", "BrokerCompany"),
    ("Todo", "BackgroundRun", "Job"),
    ("Contact", "BankAccount", "CompanyPath", "ShippingMark"),
    ("Tag", "Category", "RecyclingRule"),
    ("Opportunity", "Quote", "Ticket"),
    ("Contract", "Payment"),
]
# What the permission alone decides here (the administrator is staff, not an account of the list); what only a provider could send, which tests/notices/outbox has.
NEVER_REFUSED = {
    "Tag.merge", "Category.move", "RecyclingRule.delete", "Project.staff", "Project.add_files", "Project.remove", "Account.reset_password", "BrokerCompany.enable", "BrokerCompany.disable",
}  # fmt: skip
NEVER_ALLOWED = {"OutgoingMessage.send_again"}
# Refusals because of the input, not of the record: the button cannot know them.
BY_INPUT = {
    "account.known",
    "category.cycle",
    "credit.exceeded",
    "receipt.corrected",
    "customer.is_member",
    "customer.other_group",
    "customer.same_owner",
    "department.cycle",
    "opportunity.same_stage",
    "pool.push_open",
    "pool.push_self",
    "pool.receiver_has",
    "pool.same_handler",
    "staff.last_administrator",
}


@dataclass(frozen=True)
class Said:
    """The verdict and the buttons that a person gets for an operation on a record before trying it."""

    verdict: Decision
    reason: str
    shown: frozenset[str]  # the reasons of the buttons that are shown: empty where it can be pressed
    in_row: bool  # the list shows its button beside the record, or means it for others alone


def _views(app, resources: tuple[str, ...]) -> Iterator[tuple[ScopedModelView, Operation]]:
    for view in app.extensions["appbuilder"].baseviews:
        if not isinstance(view, ScopedModelView) or view.class_permission_name not in resources:
            continue
        for operation in operations_of_resource(view.class_permission_name):
            if getattr(getattr(view, operation.name, None), "operation", None) is operation:
                yield view, operation


def _name(view: ScopedModelView, operation: Operation) -> str:
    return f"{view.class_permission_name}.{operation.name}"


def _label(view: ScopedModelView, operation: Operation) -> str:
    return f"POST /api/v1{view.route_base}/{{pk}}/{operation.api.path or operation.path}"


def _ids(app, view: ScopedModelView, label: str, records: Mapping[str, list[Any]]) -> list[int]:
    """Return the records that the samples name for the operation, and the first ones of the table."""

    def first() -> list[int]:
        key = view.datamodel.obj.__mapper__.primary_key[0]
        with unscoped("test: whoever may see them"):
            return list(db.session.scalars(select(key).order_by(key).limit(MOST_RECORDS)))

    named = records.get(PATHS.get(label, {}).get("pk", ""), []) + records.get(view.route_base.strip("/"), [])
    return [*dict.fromkeys([*named, *apart(app, first)])][:MOST_RECORDS]


def _said(app, view: ScopedModelView, operation: Operation, pk: int, actor) -> Said | None:
    """Return the verdict and the buttons; None for a record that the person cannot open."""

    def ask() -> Said | None:
        with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
            g.kepan_actor = actor
            try:
                record = view.get_record(pk, actor)
            except NotFound:
                return None
            own, of_list = view.facts_for(record, actor), view.facts_of([record], actor).get(record.id)
            verdict = operation.policy(actor, record, own)
            mine = operation_button(view.endpoint, operation, record, verdict)
            row = view.row_buttons(record, actor, of_list)
            found = [one for one in (*row, *view.detail_buttons(record, actor, own)) if one.url == mine.url]
            meant = operation.page.in_list_when
            in_row = any(one.url == mine.url for one in row) or (meant is not None and not meant(record))
            return Said(verdict, verdict.reason, frozenset(one.reason for one in found), in_row)

    return apart(app, ask)


def _more_states(database, records: dict[str, list[Any]]) -> None:
    """Create a colleague who departed, a consultant with other duties, a closed account, a disabled company,
    a plot, and what is over beside what is not: to-dos, background runs, runs of a job, pairs of duplicates,
    tickets.
    """
    admin, agent = database.world.actor("admin"), database.world.actor("agent2")
    gone = db.session.get_one(Staff, database.world.actor("finance").id)
    gone.status = "departed"
    disabled = create_company(name="歇业经纪", actor=admin)
    edit_company(disabled.id, active=False, actor=admin)
    records["broker-companies"] = [*records["broker-companies"], disabled.id]
    records["plots"] = [create_plot(records["projects"][0], number="A-1", actor=admin).id]
    both = [*records["consultants"], agent.id]
    assign_members(records["projects"][0], duty="consultant", staff_ids=both, actor=admin)
    db.session.commit()
    dismiss_pair(records["pairs"][1], actor=database.world.actor("agent"))
    records["staff"] = [gone.id, *records["staff"]]
    records["consultants"] = both
    records["accounts"] = [*records["accounts"], *records["closed_accounts"]]
    _more_work(database.world.actor("agent"), admin, records)
    closed = create_ticket(
        customer_id=records["with_deals"][0], title="工单", actor=database.world.actor("agent")
    )
    records["closing_tickets"] = [*records["closing_tickets"], close_ticket(closed.id, actor=admin).id]


def _more_work(agent: Actor, admin: Actor, records: dict[str, list[Any]]) -> None:
    over = add_todo(agent.id, N_("To-do completed"), due_at=now())
    waiting, cancelled = (_export(agent) for _ in range(2))
    complete_todo(over.id, actor=agent)
    cancel_run(cancelled, actor=agent)
    stopped = request_job_run("tidy", dry_run=False, actor=admin).id
    stop_job_run(stopped, actor=admin)
    asked = request_job_run("tidy", dry_run=True, actor=admin).id
    records["todos"] = [*records["todos"], over.id]
    records |= {"downloads": [waiting, cancelled], "job-runs": [asked, stopped]}


def _export(actor: Actor) -> int:
    arguments = asdict(ExportRequest("CustomerView", "", []))
    return start_run("export", title="客户", arguments=arguments, actor=actor).id


class Walk:
    """One group of resources: each operation × record × person with the permission."""

    def __init__(self, database, resources: tuple[str, ...]) -> None:
        self.database, self.app = database, database.app
        self.records = populate(database)
        apart(self.app, lambda: _more_states(database, self.records))
        self.resources = resources
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.wrong: list[str] = []

    def run(self) -> None:
        """Look first, then act: what one person does changes what the next one may do."""
        for step in (self._look, self._do):
            for username in ASKERS:
                actor = self.database.world.actor(username)
                asked = [
                    (view, one)
                    for view, one in _views(self.app, self.resources)
                    if actor.has_permission(one.needs, view.class_permission_name)
                ]
                if not asked:
                    continue
                browser, api = Browser(self.app, username), ApiClient(self.app, username)
                for view, operation in asked:
                    for pk in _ids(self.app, view, _label(view, operation), self.records):
                        said = _said(self.app, view, operation, pk, actor)
                        if said is not None:
                            seen = "refused" if said.reason else "allowed"
                            self.seen[seen].add(_name(view, operation))
                        complaint = step(Case(browser, api, view, operation, pk, said))
                        if complaint:
                            self.wrong.append(f"{username} {_name(view, operation)} {pk}: {complaint}")

    def _look(self, case: Case) -> str:
        """Return the operation's page: the form where the button is enabled, else its sentence; an operation
        without a form has none.
        """
        has_form = case.operation.form is not None
        answer = case.browser.get(case.path) if has_form else case.browser.get(case.listed)
        if case.said is None and has_form:
            return "" if answer.status_code == 404 else f"out of reach, but {answer.status_code}"
        if case.said is None:
            return ""
        if case.said.shown:
            self.seen["shown"].add(_name(case.view, case.operation))
        if case.said.shown - {case.said.reason}:
            return f"the buttons say {set(case.said.shown)}, the rule {case.said.reason!r}"
        if case.operation.page.in_list and not case.said.in_row:
            return f"the list hides the button, which {case.said.reason or 'can be pressed'!r}"
        if case.is_first_customer(self.records):
            allowed = case.api.get(f"/customers/{case.pk}/allowed").get_json()[case.operation.name]
            if allowed["code"] != case.said.verdict.code:
                return f"the button says {case.said.verdict.code!r}, /allowed {allowed}"
        return case.complaint(answer) if has_form else ""

    def _do(self, case: Case) -> str:
        """Perform the operation; through the API the body goes straight to the service, which checks the rule
        again.
        """
        sample = BODIES.get(_label(case.view, case.operation))
        if case.said is None:
            return ""
        if case.said.reason or sample is None:
            complaint = case.complaint(case.browser.post(case.path))
            if complaint or sample is None:
                return complaint
        body = sample(self.database, self.records) if callable(sample) else sample
        address = case.path.rsplit("/", 1)[0] + f"/{case.operation.api.path or case.operation.path}"
        answer = case.api.post(address, body)
        code = "" if answer.status_code < 400 else answer.get_json()["code"]
        if case.said.verdict:
            refused = answer.status_code in RULE and code not in BY_INPUT
            return f"the button is enabled, the service says {code}" if refused else ""
        same = code == case.said.verdict.code or answer.status_code == 422
        return "" if same else f"the button says {case.said.verdict.code}, the service {code!r}"


@dataclass(frozen=True)
class Case:
    """One person, one operation, one record."""

    browser: Browser
    api: ApiClient
    view: ScopedModelView
    operation: Operation
    pk: int
    said: Said | None

    @property
    def path(self) -> str:
        return f"{self.view.route_base}/{self.pk}/{self.operation.path}"

    @property
    def listed(self) -> str:
        return f"{self.view.route_base}/"

    def is_first_customer(self, records: Mapping[str, list[Any]]) -> bool:
        return self.view.route_base == "/customers" and self.pk == records["customers"][0]

    def complaint(self, answer) -> str:
        """Return what is wrong with the page's response."""
        assert self.said is not None
        if not self.said.reason:
            return "" if answer.status_code in DONE_OR_TYPED else f"allowed, but {answer.status_code}"
        page = self.operation.page
        if self.operation.form is None and page.done is None and page.goes_to is None:
            right = answer.status_code == 303 and self.said.reason in self.browser.get(self.listed).text
        else:
            right = answer.status_code == self.said.verdict.status and self.said.reason in answer.text
        return "" if right else f"refused with {self.said.reason!r}, but {answer.status_code}"


@pytest.mark.parametrize("resources", GROUPS, ids=lambda group: group[0])
def test_acc_6_a_button_says_what_pressing_it_does(database, resources):
    walk = Walk(database, resources)
    walk.run()
    assert not walk.wrong, "\n".join(walk.wrong)
    operations = {_name(view, one): one for view, one in _views(database.app, resources)}
    assert {*operations} - NEVER_ALLOWED == walk.seen["allowed"], "each is allowed to at least one person"
    assert {*operations} - NEVER_REFUSED == walk.seen["refused"], "each is refused to at least one person"
    offered = {name for name, one in operations.items() if one.page.in_head or one.page.in_list}
    assert offered <= walk.seen["shown"] | NEVER_ALLOWED, "each has a button"


def test_acc_6_the_edit_button_says_what_its_form_does(database):
    """For every view with an edit form, the reason of the button is the sentence of the form's page."""
    app, records, wrong, reasons = database.app, populate(database), [], set()
    for username in ASKERS:
        actor, browser = database.world.actor(username), Browser(app, username)
        for view in app.extensions["appbuilder"].baseviews:
            if not isinstance(view, ScopedModelView) or "edit" not in view.routes():
                continue
            for pk in _ids(app, view, "", records):
                said = apart(app, lambda v=view, i=pk, a=actor: _edit_reason(app, v, i, a))
                if said is None:
                    continue
                answer = browser.get(f"{view.route_base}/{pk}/edit")
                reasons.add(said)
                if (answer.status_code == 200) != (said == "") or said not in answer.text:
                    wrong.append(f"{username} {view.route_base}/{pk}: {said!r}, {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert len(reasons) > 2, reasons


def _edit_reason(app, view: ScopedModelView, pk: int, actor) -> str | None:
    """Return the reason of the button; None where there is none, or no record in scope."""
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        g.kepan_actor = actor
        try:
            record = view.get_record(pk, actor)
        except NotFound:
            return None
        own, of_list = view.facts_for(record, actor), view.facts_of([record], actor).get(pk)
        buttons = [*view.edit_buttons(record, actor, own), *view.edit_buttons(record, actor, of_list)]
        found = {one.reason for one in buttons}
        assert len(found) < 2, f"{view.route_base}/{pk}: list and page disagree"
        return found.pop() if found else None


def test_acc_6_every_resource_with_operations_is_walked(app):
    assert {one for group in GROUPS for one in group} == {*declared_operations}


def test_acc_6_every_operation_asks_a_rule_by_name(app):
    """The rule is in ``policies.py``, so that no button is always enabled for lack of one."""
    rules = {
        f"{resource}.{one.name}": inspect.unwrap(one.policy)
        for resource, found in declared_operations.items()
        for one in found
    }
    wrong = [
        name
        for name, rule in rules.items()
        if not (rule.__name__.startswith("can_") and rule.__module__.endswith("policies"))
    ]
    assert not wrong


def test_off_3_every_operation_names_its_deed(app):
    """No two operations of a resource say the same, and what runs as a batch also says it of several."""
    said: dict[tuple[str, str], str] = {}
    for resource, found in declared_operations.items():
        for one in found:
            assert said.setdefault((resource, str(one.answer.one)), one.name) == one.name
            assert one.answer is not SAVED, f"{resource}.{one.name} says that it was saved"
            assert one.batch is None or one.answer.about_many(3) != one.answer.about_many(4), one.name


def test_views_say_what_a_row_shows_and_leave_building_it_to_their_base(app):
    """Views override only ``cells_of``, ``row_url``, ``row_links``, ``is_struck`` and ``item_values``."""
    views = [type(one) for one in app.extensions["appbuilder"].baseviews if isinstance(one, ScopedModelView)]
    built = {"_row", "_rows", "_item", "edit_buttons"}
    assert not [(view.__name__, built & vars(view).keys()) for view in views if built & vars(view).keys()]
