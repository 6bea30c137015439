"""ACC-15: a chooser of colleagues, departments, projects or companies offers only what can be saved, or its
form says under the field why not.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest
from wtforms.fields.core import UnboundField

import app as application
from app.channel.consultants.services import create_consultant
from app.channel.projects import services as projects
from app.customers.members.services import add_member
from app.customers.transfers.services import transfer_customer
from app.kernel.errors import Denied, Invalid
from app.kernel.fields.choices import ReferenceField, ReferencesField
from app.kernel.fields.forms import BaseForm
from app.org.departments import services as departments
from app.org.staff import services as staffing
from app.pool.pushes.services import push_customer
from tests.support.make import make_customer, make_platform_customer
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PICKED = "its page offers a list of its own, which the field itself checks"
BY_ID = "an id that the API takes; no page offers any"
EVERYTHING = "whatever it offers is taken: the service asks the same query"
LOOKED = "tested below: every offered value is saved"
SAYS = "tested below: the refusal stands under the field with its reason"
TRIED_THERE = "tested with its operation"
PAIRED = "files that the person can open; the next step says why some cannot be merged"
# Form and field → why it offers only what can be saved.
CHOOSERS = {
    "BrokerEditForm.company_id": EVERYTHING,
    "BrokerForm.company_id": EVERYTHING,
    "BrokerRegisterForm.company_id": BY_ID,
    "BrokerSignUpForm.company_id": BY_ID,
    "RebindForm.broker_id": EVERYTHING,
    "ConsultantForm.department_id": SAYS,
    "ConsultantForm.project_ids": SAYS,
    "DepartForm.receiver_id": TRIED_THERE,
    "OwnCompanyForm.company_id": PICKED,
    "ReferralForm.consultant_id": PICKED,
    "ReferralForm.for_broker_id": PICKED,
    "ReferralForm.project_id": EVERYTHING,
    "ArrivalForm.consultant_id": PICKED,
    "AssignForm.consultant_ids": LOOKED,
    "AssignForm.onsite_ids": LOOKED,
    "NewProjectForm.company_id": EVERYTHING,
    "MakeCustomerForm.owner_id": TRIED_THERE,
    "MakeCustomerForm.handler_id": TRIED_THERE,
    "MakeCustomerForm.department_id": TRIED_THERE,
    "ScanForm.consultant_id": BY_ID,
    "ScanForm.project_id": BY_ID,
    "CustomerForm.owner_id": SAYS,
    "CustomerForm.handler_id": SAYS,
    "CustomerForm.department_id": SAYS,
    "ContractForm.owner_id": TRIED_THERE,
    "ContractBody.owner_id": TRIED_THERE,
    "OpportunityForm.owner_id": TRIED_THERE,
    "OpportunityEditForm.owner_id": TRIED_THERE,
    "QuoteForm.owner_id": TRIED_THERE,
    "QuoteEditForm.owner_id": TRIED_THERE,
    "TicketForm.owner_id": TRIED_THERE,
    "TicketEditForm.owner_id": TRIED_THERE,
    "PaymentForm.contract_id": TRIED_THERE,
    "DraftPaymentForm.contract_id": TRIED_THERE,
    "ListingForm.agent_id": TRIED_THERE,
    "ListingForm.community_id": TRIED_THERE,
    "ListingEditForm.agent_id": TRIED_THERE,
    "ListingEditForm.community_id": TRIED_THERE,
    "MemberForm.staff_id": LOOKED,
    "ChooseForm.chosen_ids": PAIRED,
    "CategoryForm.parent_id": EVERYTHING,
    "CategoryMoveForm.parent_id": TRIED_THERE,
    "CategoryBatchForm.add": EVERYTHING,
    "CategoryBatchForm.remove": EVERYTHING,
    "CustomerCategoriesForm.category_ids": EVERYTHING,
    "CustomerTagsForm.tag_ids": EVERYTHING,
    "MergeTagsForm.other_id": TRIED_THERE,
    "TagBatchForm.add": EVERYTHING,
    "TagBatchForm.remove": EVERYTHING,
    "TagCustomersForm.customer_ids": BY_ID,
    "PairsForm.ids": BY_ID,
    "TransferForm.owner_id": LOOKED,
    "DepartmentEditForm.manager_id": LOOKED,
    "DepartmentForm.manager_id": SAYS,
    "DepartmentForm.parent_id": EVERYTHING,
    "DepartmentForm.company_id": SAYS,
    "DepartmentMoveForm.parent_id": TRIED_THERE,
    "RoleForm.department_ids": EVERYTHING,
    "ScopeForm.department_ids": EVERYTHING,
    "OrganiseForm.department_id": LOOKED,
    "StaffForm.department_id": LOOKED,
    "AssignForm.handler_id": TRIED_THERE,
    "PoolOwnerForm.owner_id": TRIED_THERE,
    "PushForm.receiver_id": LOOKED,
    "RehearsalForm.department_id": EVERYTHING,
    "RehearsalForm.to_department_id": EVERYTHING,
    "RuleForm.department_id": EVERYTHING,
    "RuleForm.to_department_id": EVERYTHING,
    "_Conditions.department_id": EVERYTHING,
    "_Conditions.to_department_id": EVERYTHING,
    "ShelveForm.handler_id": TRIED_THERE,
    "ShelvePlatformForm.handler_id": TRIED_THERE,
    "ShelveMixedForm.handler_id": TRIED_THERE,
}
OTHERS = {"district_id", "district_ids", "role_ids", "like_id", "customer_id", "referral_id"}
OTHER_FORMS = {"DistrictForm", "DistrictEditForm"}


def _forms(of: type = BaseForm) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from _forms(one)


def _declared() -> set[str]:
    for module in pkgutil.walk_packages(application.__path__, "app."):
        if module.name.endswith("forms"):
            importlib.import_module(module.name)
    return {
        f"{form.__name__}.{name}"
        for form in _forms()
        if form.__module__.startswith("app.") and form.__name__ not in OTHER_FORMS
        for name in dir(form)
        if name not in OTHERS
        and isinstance(field := getattr(form, name, None), UnboundField)
        and issubclass(field.field_class, (ReferenceField, ReferencesField))
    }


def test_acc_15_the_table_names_every_declared_chooser():
    assert set(CHOOSERS) == _declared()


def _offered(browser: Browser, path: str, field: str) -> list[int]:
    """Return the ids that the chooser on the page offers, all pages of them."""
    address = browser.page(path).one("select", name=field)["data-remote"]
    found: list[int] = []
    for number in range(1, 9):
        mark = "&" if "?" in address else "?"
        answer = browser.get(f"{address}{mark}page={number}").get_json()
        found += [one["id"] for one in answer["results"]]
        if not answer["pagination"]["more"]:
            break
    assert found, (path, field)
    return found


def _by_organise(pk: int, world: Any, person: Any) -> None:
    admin = world.actor("admin")
    roles = [role.id for role in person.account.roles]
    staffing.organise_staff(person.id, department_id=pk, role_ids=roles, actor=admin)


@pytest.mark.parametrize("name", ["TransferForm", "MemberForm", "PushForm"])
def test_acc_15_a_customers_colleagues_are_those_of_its_company(app, world, name):
    path, field, run = {
        "TransferForm": ("transfer", "owner_id", lambda c, pk, a: transfer_customer(
            c, owner_id=pk, reason="换人", actor=a)),
        "MemberForm": ("add-member", "staff_id", lambda c, pk, a: add_member(
            c, staff_id=pk, access="read", actor=a)),
        "PushForm": ("push", "receiver_id", lambda c, pk, a: push_customer(c, receiver_id=pk, actor=a)),
    }[name]  # fmt: skip
    who = "agent" if name == "PushForm" else "admin"  # the office does not push for others
    made = make_customer(world.actor("agent"))
    if name == "PushForm":
        made = make_platform_customer(world.actor("agent"))
    offered = _offered(Browser(app, who), f"/customers/{made.id}/{path}", field)
    assert world.actor("other_agent").id not in offered, "of another company"
    refused = set()
    for pk in offered:
        try:
            run(made.id, pk, world.actor(who))
        except Denied as denied:
            refused.add(denied.status)
    assert refused <= {403, 409}, "only by a rule about this customer, which says why"


def test_acc_15_a_persons_department_is_one_of_their_company(app, world):
    admin = world.actor("admin")
    person = staffing.get_visible_staff(world.actor("agent").id, actor=admin)
    offered = _offered(Browser(app, "admin"), f"/staff/{person.id}/organise", "department_id")
    assert world.department("other_hq").id not in offered
    for pk in offered:
        _by_organise(pk, world, person)


def test_acc_15_a_departments_manager_is_of_its_company(app, world):
    store, admin = world.department("store_west"), world.actor("admin")
    offered = _offered(Browser(app, "admin"), f"/departments/{store.id}/edit", "manager_id")
    assert world.actor("other_agent").id not in offered
    for pk in offered:
        departments.edit_department(store.id, name=store.name, manager_id=pk, district_ids=[], actor=admin)


def _refusal(run: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        run()
    return {name: str(sentence) for name, sentence in caught.value.fields.items()}


def test_acc_15_a_consultants_department_and_projects_belong_together_or_the_form_says_so(app, world):
    admin = world.actor("admin")
    browser = Browser(app, "admin", locale="en")
    path = "/consultants/new"
    assert browser.page(path).values().get("department_id", "") == "", "no project of the own company yet"
    elsewhere = projects.create_project(company_id=world.companies[1], name="海棠湾", actor=admin)
    assert browser.page(path).values().get("department_id", "") == "", "nor with one of another company"
    here = projects.create_project(company_id=world.companies[0], name="云锦里", actor=admin)
    assert browser.page(path).values()["department_id"] == str(world.department("hq").id)
    values = {"username": "neu", "name": "白一帆", "password": "Blaue-Ente-77", "actor": admin}
    said = _refusal(
        lambda: create_consultant(
            **values, department_id=world.department("hq").id, project_ids=[elsewhere.id]
        )
    )
    assert list(said) == ["department_id"]
    assert "海棠湾" in said["department_id"]
    create_consultant(**values, department_id=world.department("hq").id, project_ids=[here.id])


def test_acc_15_what_a_new_customer_cannot_have_is_said_under_its_field(app, world):
    admin = world.actor("admin")
    said = _refusal(
        lambda: make_customer(
            admin, pool="platform", handler_id=world.actor("agent").id,
            department_id=world.department("other_store").id,
        )
    )  # fmt: skip
    assert list(said) == ["department_id"]
    assert "公司" in said["department_id"] or "company" in said["department_id"]


def test_acc_15_a_project_is_staffed_by_its_company(app, world):
    admin = world.actor("admin")
    made = projects.create_project(company_id=world.companies[0], name="云锦里", actor=admin)
    browser = Browser(app, "admin")
    for field in ("onsite_ids", "consultant_ids"):
        offered = _offered(browser, f"/projects/{made.id}/staff", field)
        assert world.actor("other_agent").id not in offered
        projects.assign_members(made.id, duty=field.removesuffix("_ids"), staff_ids=offered, actor=admin)


def test_acc_15_roles_of_people_from_outside_are_not_offered_for_staff(app, world):
    offered = Browser(app, "admin").get("/options/roles?staff=1").get_json()["results"]
    whole = Browser(app, "admin").get("/options/roles").get_json()["results"]
    assert len(whole) - len(offered) == 3


def test_acc_15_who_hires_is_offered_departments_of_the_own_scope(app, world):
    found = Browser(app, "manager").get("/options/departments?scope=1").get_json()["results"]
    assert [one["id"] for one in found] == [world.department("store_east").id]
    assert len(Browser(app, "manager").get("/options/departments").get_json()["results"]) > 1
