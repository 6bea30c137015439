"""CH-1, CH-2, CH-3, CH-4, CH-5, CH-6, CH-20, CH-21, CH-28: projects, companies, brokers, consultants, tours, visitors."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.channel.brokers.models import BrokerChange
from app.channel.brokers.queries import find_account_of_phone
from app.channel.brokers.registration import register_broker, resubmit_broker
from app.channel.brokers.services import edit_broker, edit_own_profile, review_broker
from app.channel.companies import services as companies
from app.channel.companies.models import BrokerCompany
from app.channel.consultants import services as consultants
from app.channel.projects import services as projects
from app.channel.projects.models import ProjectMember
from app.channel.projects.queries import visible_consultants
from app.channel.referrals.deals import close_referral
from app.channel.referrals.queries import count_bound
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import visible_scans
from app.channel.tours import services as tours
from app.channel.tours.models import Tour, TourFollowUp
from app.channel.visitors import services as visitors
from app.channel.visitors.models import Visitor
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.org.sessions.actors import actor_by_username
from app.org.sessions.signin import check_credentials
from app.org.shared.models import Account, Staff
from tests.support.channel.scene import START, again, at, count, every, notices_of, operations, picture
from tests.support.databases.race import race, sorted_out
from tests.support.people.accounts import set_setting, username_of
from tests.support.people.roles import role_id
from tests.support.people.world import PASSWORD


def _register(**more):
    values = {"phone": "13911112222", "name": "吴六", "kind": "broker", "consent_version": "2026-01", **more}
    return register_broker(**values, actor=SYSTEM)


def test_ch_3_a_broker_registers_and_works_at_once(channel):
    broker = again(_register(company_id=channel.companies[0].id, phone="139 1111 2222"))
    assert (broker.phone, broker.review_state, broker.kind) == ("13911112222", "approved", "broker")
    assert (broker.consent_version, broker.consent_at) == ("2026-01", START)
    assert broker.account.display_name == "吴六"
    assert [role.name for role in broker.account.roles] == ["Broker"]
    assert find_account_of_phone("+86 13911112222") == broker.id
    assert check_credentials(username_of(broker.id), "") is None, "without a password nobody signs in by one"
    assert operations(broker) == ["broker.register"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"phone": "028-86001234"}, "phone"),
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"kind": "boss"}, "kind"),
        ({"consent_version": ""}, "consent_version"),
        ({"consent_version": "1999-01"}, "consent_version"),
        ({"company_id": 9999}, "company_id"),
    ],
)
def test_ch_3_plat_14_errors_are_under_their_field(channel, values, field):
    before = count(Account)
    with pytest.raises(Invalid) as refused:
        _register(**{"company_id": channel.companies[0].id, **values})
    assert list(refused.value.fields) == [field]
    assert count(Account) == before


@pytest.mark.both
def test_ch_3_a_number_registers_once_also_at_the_same_instant(app, channel):
    company = channel.companies[0].id
    won, codes = sorted_out(race(app, [lambda: _register(company_id=company).id] * 4))
    assert (len(won), codes) == (1, ["broker.phone_taken"] * 3)


def test_ch_27_registration_can_be_switched_off(channel):
    set_setting("brokers_register", value=False)
    set_setting("visitors_register", value=False)
    with pytest.raises(Denied) as refused:
        _register(company_id=channel.companies[0].id)
    assert refused.value.code == "broker.registration_closed"
    with pytest.raises(Denied) as closed:
        visitors.register_visitor(phone="13911112222", name="客", consent_version="2026-11", actor=SYSTEM)
    assert closed.value.code == "visitor.registration_closed"


def test_ch_3_ch_4_review_rejection_and_another_try(channel):
    site = channel.register("site2", "13900000005", "周五", 0, "company_onsite")
    director = channel.actor("director")
    assert notices_of(director.id)[-1] == "%(name)s of %(company)s awaits review"
    with pytest.raises(Invalid):
        review_broker(site.id, approve=False, reason="", actor=director)
    review_broker(site.id, approve=False, reason="证件不清", actor=director)
    stored = again(site)
    assert (stored.review_state, stored.review_reason) == ("rejected", "证件不清")
    assert (stored.reviewed_by_id, stored.reviewed_at) == (director.id, START)
    resubmit_broker(site.id, actor=channel.actor("site2"))
    assert again(site).review_state == "pending"
    channel.approve("site2")
    assert channel.enter("site2").broker_id == site.id
    assert notices_of(site.id) == [
        "Your registration was rejected: %(reason)s", "Your registration was approved"
    ]  # fmt: skip
    assert operations(site) == ["broker.register", "broker.review", "broker.resubmit", "broker.review"]
    with pytest.raises(Denied) as twice:
        channel.approve("site2")
    assert twice.value.code == "broker.reviewed"


def test_ch_5_phone_and_company_change_and_every_change_is_kept(channel):
    broker, director = channel.brokers["broker1"], channel.actor("director")
    with at(hours=1):
        edit_broker(broker.id, phone="13911112222", actor=channel.actor("broker1"))
    with at(hours=2):
        edit_broker(broker.id, company_id=channel.companies[1].id, actor=director)
        edit_broker(broker.id, company_id=channel.companies[1].id, actor=director)
    rows = every(BrokerChange)
    assert [(row.phone_before, row.phone_after) for row in rows] == [
        ("13900000001", "13911112222"), ("13911112222", "13911112222"),
    ]  # fmt: skip
    first, second = (company.id for company in channel.companies)
    assert [(row.company_before_id, row.company_after_id) for row in rows] == [
        (first, first),
        (first, second),
    ]
    assert [row.by_name for row in rows] == ["赵一", "梁宏图"]
    assert again(broker).review_state == "approved"
    with pytest.raises(Denied) as taken:
        edit_broker(broker.id, phone="13900000002", actor=director)
    assert taken.value.code == "broker.phone_taken"
    for who, error in (("broker2", NotFound), ("secretary", Denied)):
        with pytest.raises(error):
            edit_broker(broker.id, phone="13911113333", actor=channel.actor(who))


def test_ch_6_nickname_and_picture(channel):
    broker = edit_own_profile(nickname=" 小赵 ", avatar=picture(), actor=channel.actor("broker1"))
    assert again(broker).nickname == "小赵"
    assert operations(broker)[-2:] == ["broker.profile", "broker.avatar"]


def test_ch_2_companies_are_unique_and_kept_by_the_director(channel):
    director = channel.actor("director")
    made = companies.create_company(name=" 恒信 地产 ", contact="老吴", phone="028-86001234", actor=director)
    assert (made.name, made.phone) == ("恒信 地产", "02886001234")
    for values, field in (
        ({"name": ""}, "name"),
        ({"name": "x", "phone": "12"}, "phone"),
        ({"name": "x" * 121}, "name"),
    ):
        with pytest.raises(Invalid) as invalid:
            companies.create_company(**values, actor=director)
        assert list(invalid.value.fields) == [field]
    with pytest.raises(Denied) as taken:
        companies.create_company(name="川流地产", actor=director)
    assert taken.value.code == "broker_company.name_taken"
    with pytest.raises(Denied):
        companies.create_company(name="别的", actor=channel.actor("secretary"))
    companies.edit_company(made.id, name="恒信置业", contact="", actor=director)
    assert (again(made).name, again(made).contact) == ("恒信置业", "")
    companies.delete_company(made.id, actor=director)
    assert count(BrokerCompany) == 2
    assert operations(made) == ["broker_company.create", "broker_company.edit", "broker_company.delete"]


def test_ch_2_a_company_in_use_is_disabled_instead(channel):
    director, company = channel.actor("director"), channel.companies[0]
    with pytest.raises(Denied) as refused:
        companies.delete_company(company.id, actor=director)
    assert (refused.value.code, refused.value.status) == ("broker_company.in_use", 409)
    companies.edit_company(company.id, active=False, actor=director)
    with pytest.raises(Invalid):
        _register(company_id=company.id)
    assert channel.enter("broker1").broker_company_id == company.id


def test_ch_1_projects_and_plots(channel):
    admin, project = channel.admin, channel.project
    text = '<p onclick="x()">好<script>alert(1)</script><a href="javascript:x">a</a><b>房</b></p>'
    projects.edit_project(project.id, introduction=text, features=["地铁", "地铁", " "], actor=admin)
    stored = again(project)
    assert "script" not in stored.introduction
    assert "onclick" not in stored.introduction
    assert "<b>房</b>" in stored.introduction
    assert stored.features == ["地铁"]
    plot = projects.create_plot(project.id, number="A-1", tags=["临街"], actor=admin)
    with pytest.raises(Denied) as taken:
        projects.create_plot(project.id, number="A-1", actor=admin)
    assert taken.value.code == "plot.number_taken"
    projects.edit_plot(plot.id, number="A-2", actor=admin)
    projects.delete_plot(plot.id, actor=admin)
    assert operations(plot) == ["plot.create", "plot.edit", "plot.delete"]
    with pytest.raises(Denied) as same:
        channel.new_project("云锦里")
    assert same.value.code == "project.name_taken"
    for field, value in (("longitude", 181), ("latitude", -91), ("name", ""), ("features", ["x" * 21])):
        with pytest.raises(Invalid) as invalid:
            projects.edit_project(project.id, **{field: value}, actor=admin)
        assert list(invalid.value.fields) == [field]
    for who, error in (("director", Denied), ("agent", NotFound), ("broker1", Denied)):
        with pytest.raises(error):
            projects.edit_project(project.id, address="…", actor=channel.actor(who))


def test_ch_1_pictures_are_pictures(channel):
    made = projects.add_pictures(channel.project, pictures=[picture()], actor=channel.admin)
    projects.remove_picture(channel.project, file_id=made[0].id, actor=channel.admin)
    with pytest.raises(Invalid):
        projects.add_pictures(channel.project, pictures=[], actor=channel.admin)
    assert operations(channel.project)[-2:] == ["project.add_files", "project.remove_file"]


def test_ch_1_colleagues_of_the_projects_company_are_assigned(channel):
    other = channel.actor("other_agent").id
    for duty, staff in (("onsite", other), ("boss", channel.actor("onsite").id)):
        with pytest.raises(Invalid):
            projects.assign_members(channel.project.id, duty=duty, staff_ids=[staff], actor=channel.admin)
    projects.assign_members(channel.project.id, duty="onsite", staff_ids=[], actor=channel.admin)
    referral = channel.report("broker1")
    with pytest.raises(Denied):
        channel.scan(referral)


def _consultant(channel, username="consultant9", **more):
    values = {"name": "郑七", "password": PASSWORD, "project_ids": [channel.project.id], **more}
    return consultants.create_consultant(username=username, **values, actor=channel.admin)


def test_ch_20_a_consultant_is_created_and_changed_by_the_administrator(channel):
    made = _consultant(channel, phone="13911112222")
    assert again(made).account.must_change_password
    assert made.employee_no.startswith("E")
    names = {row.name for row in db.session.scalars(visible_consultants(channel.admin))}
    assert names == {"夏语冰", "郑七"}
    consultants.edit_consultant(made.id, phone="13911113333", actor=channel.admin)
    assert again(made).phone == "13911113333"
    assert channel.scan(channel.report("broker1"), consultant_id=made.id).scan.consultant_id == made.id
    with pytest.raises(Denied):
        consultants.create_consultant(
            username="x", name="x", password=PASSWORD, project_ids=[1], actor=channel.actor("director")
        )
    for projects_ in ([], [9999]):
        with pytest.raises(Invalid) as invalid:
            _consultant(channel, "another", project_ids=projects_)
        assert list(invalid.value.fields) == ["project_ids"]


def test_ch_20_who_leaves_gives_the_customers_to_another(channel):
    made, consultant = _consultant(channel), channel.actor("consultant")
    referral = channel.report("broker1")
    channel.scan(referral, consultant_id=made.id)
    assert count_bound([made.id, consultant.id]) == {made.id: 1, consultant.id: 0}
    for receiver in (None, made.id, channel.actor("agent").id):
        with pytest.raises(Invalid) as invalid:
            consultants.depart_consultant(made.id, receiver_id=receiver, actor=channel.admin)
        assert list(invalid.value.fields) == ["receiver_id"]
    consultants.depart_consultant(made.id, receiver_id=consultant.id, reason="辞职", actor=channel.admin)
    assert again(referral).assigned_consultant_id == consultant.id
    stored = again(made)
    assert (stored.status, stored.account.active) == ("departed", False)
    assert every(ProjectMember, ProjectMember.staff_id == made.id) == []
    assert notices_of(consultant.id)[-1] == "%(n)s customers of %(name)s are yours to receive now"
    assert operations(made)[-1] == "staff.depart"
    assert made.id not in {row.id for row in db.session.scalars(visible_consultants(channel.admin))}


def _visitor(phone):
    return visitors.register_visitor(phone=phone, name="方晓月", consent_version="2026-11", actor=SYSTEM)


def test_ch_20_visitors_of_the_latest_visit_go_along(channel):
    made, consultant = _consultant(channel), channel.actor("consultant")
    visitors_ = [_visitor(f"1380000000{n}") for n in range(3)]
    visits = [channel.scan(one, consultant_id=made.id).scan for one in visitors_]
    with at(hours=1):
        channel.scan(
            visitors_[2], consultant_id=consultant.id
        )  # has belonged to the other consultant since then
    consultants.depart_consultant(made.id, receiver_id=consultant.id, actor=channel.admin)
    given = {one.id: (one.consultant_id, one.given_to_id) for one in every(OnsiteScan)}
    assert [given[one.id] for one in visits] == [
        (made.id, consultant.id), (made.id, consultant.id), (made.id, None),
    ]  # fmt: skip
    seen = {one.id for one in db.session.scalars(visible_scans(consultant))}
    assert {visits[0].id, visits[1].id} < seen
    assert visits[2].id not in seen
    assert notices_of(consultant.id)[-1] == "%(n)s customers of %(name)s are yours to receive now"

    successor = _consultant(channel, "consultant8", name="吴八")
    with at(days=1):
        consultants.depart_consultant(consultant.id, receiver_id=successor.id, actor=channel.admin)
    assert again(visits[0]).given_to_id == successor.id, "and on to the next one"
    actor = actor_by_username("consultant8")
    assert visits[0].id in {one.id for one in db.session.scalars(visible_scans(actor))}


def test_ch_20_without_bound_customers_no_receiver_is_needed(channel):
    made = _consultant(channel)
    channel.scan(channel.report("broker1"), consultant_id=made.id)
    with at(days=30):
        consultants.depart_consultant(made.id, actor=channel.admin)
    assert db.session.scalar(select(Staff.status).where(Staff.id == made.id)) == "departed"


def test_ch_20_who_has_other_duties_departs_by_a_handover(channel):
    from app.org.staff import services as staffing

    made = _consultant(channel)
    roles = [role_id(name) for name in ("Consultant", "Agent")]
    staffing.organise_staff(made.id, department_id=made.department_id, role_ids=roles, actor=channel.admin)
    with pytest.raises(Denied) as refused:
        consultants.depart_consultant(made.id, actor=channel.admin)
    assert refused.value.code == "consultant.other_duties"


def _tour(channel, subject, intention="B", who="consultant"):
    return tours.record_tour(token=subject.qr_token, intention=intention, actor=channel.actor(who))


def test_ch_21_a_tour_needs_a_live_binding_or_a_deal(channel):
    referral = channel.report("broker1")
    with pytest.raises(Denied) as early:
        _tour(channel, referral)
    assert early.value.code == "tour.not_received"
    channel.scan(referral)
    made = _tour(channel, referral, "A")
    assert (made.intention, made.referral_id, made.code) == ("A", referral.id, referral.code)
    assert notices_of(referral.broker_id)[-1] == "%(name)s (%(code)s) has been shown around"
    assert operations(referral)[-1] == "referral.tour"
    with at(days=29):
        close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    with at(days=400):
        _tour(channel, referral)
    second = channel.bound("broker1", "小红")
    with at(days=30), pytest.raises(Denied) as late:
        _tour(channel, second)
    assert late.value.code == "tour.not_received"
    with pytest.raises(Invalid):
        _tour(channel, second, "E")
    assert count(Tour) == 2


def test_ch_21_any_consultant_of_the_project_tours_and_follows_up_their_own(channel):
    referral, other = channel.bound("broker1"), _consultant(channel)
    made = tours.record_tour(token=referral.qr_token, intention="C", actor=channel.world.actor("consultant"))
    mine = channel.actor("consultant")
    for text in ("回访", "再次回访"):
        tours.follow_tour(made.id, content=text, actor=mine)
    assert [row.content for row in db.session.scalars(tours.follow_ups_of(made).order_by(TourFollowUp.id))] == [
        "回访", "再次回访",
    ]  # fmt: skip
    with pytest.raises(Invalid):
        tours.follow_tour(made.id, content=" ", actor=mine)
    from app.org.sessions.actors import actor_by_username

    theirs = actor_by_username("consultant9")
    assert tours.record_tour(token=referral.qr_token, intention="D", actor=theirs).consultant_id == other.id
    with pytest.raises(NotFound):
        tours.follow_tour(made.id, content="…", actor=theirs)
    with pytest.raises(Denied):
        tours.follow_tour(made.id, content="…", actor=channel.actor("director"))
    with pytest.raises(Denied):
        _tour(channel, referral, who="onsite")


def test_ch_28_a_visitor_is_registered_with_an_encrypted_number_and_toured_after_a_scan(channel):
    made = visitors.register_visitor(
        phone="13800001234", name="方晓月", consent_version="2026-11", nickname="小方", actor=SYSTEM
    )
    stored = again(made)
    assert stored.code == "V202603020001"
    assert (str(stored.phone), stored.phone.reveal()) == ("138****1234", "13800001234")
    assert "13800001234" not in (stored.phone.cipher or "")
    assert len(stored.qr_token) >= 32
    assert find_account_of_phone("13800001234") == made.id
    with pytest.raises(Denied) as early:
        _tour(channel, made)
    assert early.value.code == "tour.not_received"
    channel.scan(made)
    assert _tour(channel, made).visitor_id == made.id
    with pytest.raises(Denied) as taken:
        visitors.register_visitor(phone="13800001234", name="方", consent_version="2026-11", actor=SYSTEM)
    assert taken.value.code == "visitor.phone_taken"
    assert count(Visitor) == 1
