"""CUST-23, CUST-14: tags of customers, put on and taken off alone and in batches; merged and cleaned up."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select

from app.audit.undo.services import undo
from app.customers.labels.models import CustomerTag, Tag
from app.customers.labels.queries import TAGS
from app.customers.shared.labels import label_answers
from app.customers.shared.parts import Merge
from app.customers.shared.queries import get_customer
from app.customers.tags.services import (
    create_tag,
    delete_tag,
    edit_tag,
    merge_tags,
    read_name,
    set_tags,
    tag_customers,
)
from app.kernel.database.session import db
from app.kernel.errors import OUT_OF_REACH, Invalid, NotFound
from tests.support.databases.race import race
from tests.support.make import make_customer
from tests.support.traces import denied, invalid, operations
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

PREDEFINED = ["重点客户", "战略客户", "普通客户", "流失客户", "高价值客户", "长期合作", "新客户"]


@pytest.fixture
def made(world):
    return make_customer(world.actor("agent"))


def _names(customer) -> list[str]:
    db.session.expire_all()
    return [one.name for one in TAGS.named_in(customer.tag_ids)]


def _id(name: str) -> int:
    return db.session.scalars(select(Tag.id).where(Tag.name == name)).one()


def test_cust_23_the_predefined_tags_are_there(world):
    rows = db.session.execute(select(Tag.name).where(Tag.is_predefined).order_by(Tag.id))
    assert [name for (name,) in rows] == PREDEFINED


@pytest.mark.parametrize("name", ["", "  ", "长" * 31, "长" * 200, "<b>", "a,b", "甲、乙", "\u200b"])
def test_cust_23_a_name_that_cannot_be_a_tag_is_refused(name):
    with pytest.raises(Invalid) as caught:
        read_name(name)
    assert "name" in caught.value.fields


def test_cust_23_a_tag_of_200_characters_is_refused_in_words(app, made):
    body = {"customer_ids": [made.id], "add": ["长" * 200], "remove": []}
    answer = ApiClient(app, "agent").post("/customers/tags", body)
    assert answer.status_code == 422
    assert answer.get_json()["fields"] == {"add": "标签最多 30 个字"}


def test_cust_23_a_tag_is_set_once_logged_and_undone(world, made):
    agent = replace(world.actor("agent"), request_id="deed-1")
    customer = set_tags(made.id, tag_ids=[_id("新客户")], names="学区， 学 区", actor=agent)
    assert _names(customer) == ["新客户", "学区"], "equal words are one tag"
    (log,) = operations(made, "customer.tag")
    assert log.differences["tags"] == ["", "新客户、学区"]
    assert [one.verdict.allowed for one in undo("deed-1", actor=agent)] == [True]
    assert _names(get_customer(made.id, actor=agent)) == []


def test_cust_23_one_api_call_tags_many_and_says_what_became_of_each(app, world, made):
    other = make_customer(world.actor("agent3"))
    body = {"customer_ids": [made.id, other.id], "add": ["重点客户", "学区"], "remove": ["新客户"]}
    items = ApiClient(app, "agent").post("/customers/tags", body).get_json()["items"]
    assert [(one["id"], one["allowed"], one["tags"]) for one in items] == [
        (made.id, True, ["重点客户", "学区"]),
        (other.id, False, []),
    ]
    assert items[1]["code"] == OUT_OF_REACH.code
    client = ApiClient(app, "agent")
    assert client.get(f"/customers/{made.id}").get_json()["tags"] == ["重点客户", "学区"]
    listed = client.get("/customers", tag="学区").get_json()
    assert [one["id"] for one in listed["items"]] == [made.id]
    assert client.get("/customers", tag="没有这个").get_json()["total"] == 0
    assert client.post("/customers/tags", {**body, "customer_ids": [other.id]}).status_code == 404
    assert ApiClient(app, "auditor").post("/customers/tags", body).status_code == 403
    assert client.post("/customers/tags", {"customer_ids": [made.id]}).status_code == 422


def test_cust_14_a_batch_on_the_page_adds_and_removes(app, world, made):
    second = make_customer(world.actor("agent"))
    set_tags(made.id, tag_ids=[_id("新客户")], actor=world.actor("agent"))
    path = f"/customers/batch/tag?ids={made.id}.{second.id}"
    answer = Browser(app, "agent").post(
        path, {"add": [str(_id("长期合作"))], "names": "投资", "remove": [str(_id("新客户"))]}
    )
    assert answer.status_code == 303
    for customer in (made, second):
        assert sorted(_names(customer)) == ["投资", "长期合作"]


def test_cust_23_more_than_thirty_tags_are_refused(world, made):
    agent = world.actor("agent")
    set_tags(made.id, tag_ids=[], names=",".join(f"标{n}" for n in range(30)), actor=agent)
    verdicts = tag_customers([made.id], add=["再来"], remove=[], actor=agent)
    assert verdicts[made.id].code == "customer.too_many_tags"
    with invalid("tag_ids"):
        set_tags(made.id, tag_ids=[999_999], actor=agent)


def test_cust_23_an_outsider_cannot_tag(world, made):
    with pytest.raises(NotFound):
        set_tags(made.id, tag_ids=[], actor=world.actor("agent3"))


def test_cust_23_two_tags_are_merged_and_each_customer_keeps_one(world, made):
    agent, admin = world.actor("agent"), world.actor("admin")
    second = make_customer(agent)
    kept, gone = create_tag(name="学区房", actor=agent), create_tag(name="学区", tone="red", actor=agent)
    tag_customers([made.id], add=[kept.id, gone.id], remove=[], actor=agent)
    tag_customers([second.id], add=[gone.id], remove=[], actor=agent)
    merge_tags(kept.id, other_id=gone.id, actor=admin)
    assert [_names(one) for one in (made, second)] == [["学区房"], ["学区房"]]
    assert db.session.get(Tag, gone.id) is None
    with denied("tag.predefined"):
        merge_tags(kept.id, other_id=_id("新客户"), actor=admin)


def test_cust_23_only_unused_free_tags_are_cleaned_up(world, made):
    agent, admin = world.actor("agent"), world.actor("admin")
    tag = create_tag(name="学区", actor=agent)
    tag_customers([made.id], add=[tag.id], remove=[], actor=agent)
    with denied("tag.used"):
        delete_tag(tag.id, actor=admin)
    with denied("tag.predefined"):
        delete_tag(_id("新客户"), actor=admin)
    with denied("tag.predefined"):
        edit_tag(_id("新客户"), name="老客户", actor=admin)
    with denied("tag.name_taken"):
        edit_tag(tag.id, name="新 客户", actor=admin)
    tag_customers([made.id], add=[], remove=["学区"], actor=agent)
    delete_tag(tag.id, actor=admin)
    assert db.session.get(Tag, tag.id) is None


def test_cust_32_a_merge_unites_the_tags_and_erasing_takes_them(world, made):
    agent = world.actor("agent")
    other = make_customer(agent)
    tag_customers([made.id], add=["新客户"], remove=[], actor=agent)
    tag_customers([other.id], add=["新客户", "学区"], remove=[], actor=agent)
    answers = label_answers(CustomerTag, CustomerTag.tag_id)
    step = Merge(made, other, agent)
    answers.merge(step)
    assert _names(made) == ["新客户", "学区"]
    assert step.moved == {"customer_tag.tag_id": [_id("学区")]}
    answers.erase([made, other], agent)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(CustomerTag)) == 0


@pytest.mark.both
def test_cust_23_two_people_who_make_the_same_tag_share_it(app, world, made):
    agent = world.actor("agent")
    second = make_customer(agent)
    tag = partial(tag_customers, add=["学区"], remove=[], actor=agent)
    outcomes = race(app, [partial(tag, [made.id]), partial(tag, [second.id]), partial(tag, [made.id])])
    assert all(isinstance(one, dict) for one in outcomes), outcomes
    assert db.session.scalar(select(func.count()).select_from(Tag).where(Tag.name == "学区")) == 1
    assert db.session.scalar(select(func.count()).select_from(CustomerTag)) == 2
