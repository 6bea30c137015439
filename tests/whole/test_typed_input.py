"""PLAT-18, CH-2, CH-3, CH-13, CH-34, ACC-11: input is understood as people mean it, or refused in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import url_for
from sqlalchemy.exc import IntegrityError

from app.channel.companies import services as companies
from app.channel.companies.models import BrokerCompany
from app.channel.visitors.services import register_visitor
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.sessions.sms_codes import check_code, send_sms_code
from tests.support.channel.scene import START, sent_code
from tests.support.make import make_customer
from tests.support.people.world import PASSWORD
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

RARE = "李\U00031350"


@pytest.mark.parametrize("again", ["川流(成都)", "川流（成都）", "川 流（成都)", "川流（成都）．"])
def test_ch_2_a_company_is_one_however_its_brackets_are_typed(channel, again):
    companies.create_company(name="川流（成都）", actor=channel.admin)
    with pytest.raises(Denied) as refused:
        companies.create_company(name=again, actor=channel.admin)
    assert refused.value.decision.code == "broker_company.name_taken"


def test_ch_2_the_database_decides_between_two_spellings(channel):
    companies.create_company(name="川流（成都）", actor=channel.admin)
    db.session.add(BrokerCompany(name="川流(成都)", created_at=START))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_ch_2_a_company_can_correct_its_own_brackets(channel):
    made = companies.create_company(name="川流(成都)", actor=channel.admin)
    assert companies.edit_company(made.id, name="川流（成都）", actor=channel.admin).name == "川流（成都）"


@pytest.mark.parametrize("typed", [" agent", "agent ", "\u3000agent\u200b", "ａｇｅｎｔ"])
def test_acc_12_signing_in_ignores_blanks(app, world, typed):
    page = Browser(app).post("/login/", {"username": typed, "password": PASSWORD})
    assert page.status_code == 303
    token = app.test_client().post("/api/v1/security/login", json={"username": typed, "password": PASSWORD})
    assert token.status_code == 200


@pytest.mark.parametrize("shape", ["{0} {1}", " {0}{1} ", "{0}\u3000{1}", "{0}\u200b{1}"])
def test_ch_3_a_code_may_have_a_blank_inside(world, shape):
    send_sms_code(phone="13812345678", purpose="login", source="192.0.2.1")
    db.session.commit()
    code = sent_code()
    assert check_code("138 1234 5678", shape.format(code[:3], code[3:]), "login")


@pytest.mark.parametrize("phone", ["028-86001234", "010-85551234", "400-888-9999", "+852 5123 4567"])
def test_ch_34_codes_go_to_mobiles_only(app, world, phone):
    answer = ApiClient(app).post("/sms-codes", {"phone": phone, "purpose": "login"})
    assert answer.status_code == 422
    assert {*answer.get_json()["fields"]} == {"phone"}
    with pytest.raises(Invalid):
        send_sms_code(phone=phone, purpose="login")


def test_ch_13_the_address_of_a_code_may_end_with_a_slash(app, channel):
    token = channel.report("broker1").qr_token
    onsite = Browser(app, "onsite")
    plain, slash = (onsite.get(f"/m/q/{token}{end}") for end in ("", "/"))
    assert (plain.status_code, slash.status_code) == (200, 200)
    assert "王小明" in slash.get_data(as_text=True)
    with app.test_request_context("/"):
        assert url_for("PhoneScanView.code", token=token) == f"/m/q/{token}"


@pytest.mark.parametrize(
    ("prefix", "tail"), [("000", "0000"), ("028", "7777"), ("128", "1234"), ("103", "1234")]
)
def test_ch_34_fragments_are_of_a_mobile_number(channel, prefix, tail):
    with pytest.raises(Invalid) as refused:
        channel.enter("broker1", phones=[(prefix, tail)])
    assert {*refused.value.fields} == {"phones.0.prefix"}


def test_ch_34_fragments_may_have_blanks_and_full_width(channel):
    assert channel.enter("broker1", phones=[("１３ ８", " 1 234")]).fragments[0].key == "1381234"


@pytest.mark.parametrize("days", [-2300, -1, 367, 27_000])
def test_ch_34_visits_are_expected_from_now_to_one_year_ahead(channel, days):
    with pytest.raises(Invalid) as refused:
        channel.enter("broker1", expected_visit_at=START + timedelta(days=days))
    assert {*refused.value.fields} == {"expected_visit_at"}


@pytest.mark.parametrize(
    "later", [timedelta(), timedelta(minutes=-5), timedelta(days=1), timedelta(days=365)]
)
def test_ch_34_visits_of_the_coming_year_are_taken(channel, later):
    assert clock.now() == START
    assert channel.enter("broker1", expected_visit_at=START + later).expected_visit_at == START + later


def test_plat_18_a_rare_character_is_part_of_the_name(channel):
    """The customer whose name has the rare character is another one than 李."""
    common = channel.enter("broker1", "李")
    rare = channel.enter("broker1", RARE)
    assert rare.name == f"王{RARE}"
    assert rare.name_key != common.name_key
    assert make_customer(channel.world.actor("agent"), name=RARE).name == RARE
    assert (
        register_visitor(phone="13800001111", name=RARE, consent_version="2026-01", actor=SYSTEM).name == RARE
    )


@pytest.mark.parametrize(
    ("one", "other"), [("阿卜杜·拉", "阿卜杜•拉"), ("Tom Lee", "TOM LEE"), ("小 明", "小明")]
)
def test_ch_8_one_person_under_two_spellings_is_bound_once(channel, one, other):
    channel.bound("broker1", one)
    with pytest.raises(Denied):
        channel.enter("broker1", other)
    result = channel.scan(channel.report("broker2", other)).result
    assert result == "collision"


@pytest.mark.parametrize("phone", ["010-85551234", "0411-88889999", "0851-85551234", "028-86001234"])
def test_acc_11_a_landline_keeps_its_area_code(world, phone):
    agent = world.actor("agent")
    number = make_customer(agent, kind="enterprise", phone=phone).phone
    assert number.reveal() == phone.replace("-", "")
    assert number.masked.startswith(phone.split("-")[0])
