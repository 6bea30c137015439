"""Several people at once, with real threads on both databases: the database decides.

CUST-1 (codes), CUST-6, CUST-7 and POOL-2 (one number), CUST-20 (one save), POOL-6, POOL-15, ACC-10 (quota),
PLAT-1 (one unbroken chain), PLAT-9 (Idempotency-Key).
"""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from app.audit.services import verify
from app.customers.contacts.models import Contact
from app.customers.contacts.services import add_contact, make_primary, update_contact
from app.customers.creation.services import create_customer
from app.customers.duplicates.models import PhoneClaim
from app.customers.follow_ups.services import follow_up
from app.customers.numbers.models import NumberReveal
from app.customers.numbers.services import change_phone, reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.queries import get_customer
from app.customers.shared.settings import DEDUPE_MODE, REVEAL_QUOTA
from app.kernel.database.session import db
from app.kernel.errors import Stale
from app.kernel.fields.phones import phone_index
from tests.support.databases.race import elsewhere, race, sorted_out
from tests.support.make import make_customer, make_platform_customer, next_phone, tax_id
from tests.support.traces import operations, stored

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _chains_hold_afterwards(world):
    """Whatever raced, every record's chain is whole (PLAT-1)."""
    yield
    db.session.commit()
    assert list(verify()) == []
    db.session.rollback()


def _count(model, *conditions):
    db.session.commit()
    with db.engine.connect() as connection:
        table = model.__table__
        return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def _holders(number):
    index = phone_index(number)
    return _count(Customer, Customer.__table__.c.phone_index == index)


def _claims_of(number):
    return _count(PhoneClaim, PhoneClaim.__table__.c.phone_index == phone_index(number))


def _personal(actor, **values):
    values = {"pool": "personal", "kind": "individual", "name": "王小明", "actor": actor} | values
    return partial(create_customer, **values)


def _platform(actor, **values):
    return _personal(actor, pool="platform", handler_id=actor.id, **values)


def test_cust_7_one_number_one_owner_one_customer(app, world):
    number = next_phone()
    outcomes = race(app, [_personal(world.actor("agent"), phone=number)] * 8)
    won, codes = sorted_out(outcomes)
    assert (len(won), codes) == (1, ["customer.duplicate"] * 7)
    assert (_holders(number), _claims_of(number)) == (1, 1)


def test_pool_2_one_number_one_department_one_customer(app, world):
    number = next_phone()
    people = [world.actor(name) for name in ("agent", "agent2", "manager", "agent")] * 2
    won, codes = sorted_out(race(app, [_platform(person, phone=number) for person in people]))
    assert (len(won), codes) == (1, ["customer.duplicate"] * 7)
    assert (_holders(number), _claims_of(number)) == (1, 1)


def test_pool_2_personal_and_platform_at_once(app, world):
    """Neither claim stands in the other's way in the table: the lock on the number decides."""
    for _ in range(4):
        number = next_phone()
        calls = [
            _personal(world.actor("agent"), phone=number),
            _platform(world.actor("agent2"), phone=number),
        ]
        won, codes = sorted_out(race(app, calls * 2))
        assert (len(won), codes) == (1, ["customer.duplicate"] * 3)
        assert _holders(number) == 1


def test_pool_1c_lawful_holders_all_win(app, world):
    number = next_phone()
    people = [world.actor(name) for name in ("agent", "agent2", "agent3", "manager", "other_agent")]
    won, codes = sorted_out(race(app, [_personal(person, phone=number) for person in people]))
    assert (len(won), codes) == (5, [])
    assert (_holders(number), _claims_of(number)) == (5, 5)


def test_cust_7_global_has_one_winner_among_all(app, world):
    DEDUPE_MODE.store("global")
    db.session.commit()
    number = next_phone()
    people = [world.actor(name) for name in ("agent", "agent2", "agent3", "other_agent")] * 2
    won, codes = sorted_out(race(app, [_personal(person, phone=number) for person in people]))
    assert (len(won), codes) == (1, ["customer.duplicate"] * 7)
    assert (_holders(number), _claims_of(number)) == (1, 1)


def test_cust_1_sixteen_creations_sixteen_codes(app, world):
    people = [world.actor(name) for name in ("agent", "agent2", "agent3", "manager")] * 4
    won, codes = sorted_out(race(app, [_personal(person, phone=next_phone()) for person in people]))
    assert codes == []
    made = sorted(customer.code for customer in won)
    assert len(set(made)) == 16
    assert {code[:11] for code in made} == {made[0][:11]}


def test_cust_1_one_given_code_one_customer(app, world):
    people = [world.actor(name) for name in ("agent", "agent2", "agent3", "other_agent")]
    calls = [_personal(person, phone=next_phone(), code="ONE-1") for person in people]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["customer.code_taken"] * 3)


def test_cust_6_one_tax_id_one_enterprise(app, world):
    people = [world.actor(name) for name in ("agent", "agent2", "agent3", "other_agent")]
    calls = [_personal(person, kind="enterprise", tax_id=tax_id(5)) for person in people]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["customer.duplicate"] * 3)


def test_cust_20_of_simultaneous_saves_one_wins(app, world):
    made = make_customer(world.actor("agent"))
    calls = [
        partial(update_customer, made.id, version=1, values={"remark": name}, actor=world.actor(name))
        for name in ("agent", "manager", "regional", "admin")
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["stale"] * 3)
    assert stored(made.id)["version"] == 2
    assert [row.differences for row in operations(made, "customer.update")] == [
        {"remark": ["", stored(made.id)["remark"]]}
    ]


def test_cust_20_of_simultaneous_saves_over_the_api_one_wins(app, world, api):
    """A request has looked at the customer before it waits for the lock: what it saw then does not count."""
    made = make_customer(world.actor("agent"))

    def save(name):
        return api(name).patch(f"/customers/{made.id}", {"version": 1, "remark": name}).status_code

    outcomes = race(app, [partial(save, name) for name in ("agent", "manager", "regional", "admin")])
    assert sorted(outcomes) == [200, 412, 412, 412]
    assert stored(made.id)["version"] == 2
    assert len(operations(made, "customer.update")) == 1


def test_cust_20_what_was_read_before_the_lock_does_not_count(app, world):
    agent = world.actor("agent")
    made = get_customer(make_customer(agent).id, actor=agent)
    edit = partial(update_customer, made.id, version=1, actor=agent)
    assert elsewhere(app, partial(edit, values={"remark": "先"})).version == 2
    assert made.version == 1, "this session still has what it read"
    with pytest.raises(Stale):
        edit(values={"remark": "后"})
    assert stored(made.id)["remark"] == "先"


def test_pool_6_change_and_creation_race_for_one_number(app, world):
    agent = world.actor("agent")
    for _ in range(4):
        made, number = make_customer(agent), next_phone()
        old = made.phone.reveal()
        change = partial(change_phone, made.id, old_phone=old, new_phone=number, actor=agent)
        won, codes = sorted_out(race(app, [change, _personal(agent, phone=number)]))
        assert (len(won), codes) == (1, ["customer.duplicate"])
        assert (_holders(number), _claims_of(number)) == (1, 1)


def test_pool_6_wrong_numbers_are_counted_however_fast_they_come(app, world):
    """Five wrong tries an hour: twelve at once are not twelve guesses."""
    agent = world.actor("agent")
    made = make_customer(agent)
    calls = [
        partial(change_phone, made.id, old_phone=next_phone(), new_phone=next_phone(), actor=agent)
        for _ in range(12)
    ]
    won, codes = sorted_out(race(app, calls))
    assert [verdict.code for verdict in won] == ["customer.wrong_phone"] * 5
    assert codes == ["customer.too_many_attempts"] * 7


def test_acc_10_the_quota_is_not_passed_at_its_edge(app, world):
    """On six different customers, so that no lock on one file serialises the looks."""
    agent = world.actor("agent")
    REVEAL_QUOTA.of("Agent").store(5)
    db.session.commit()
    files = [make_customer(agent) for _ in range(6)]
    for customer in files[:3]:
        reveal_phone(customer.id, purpose="核对", actor=agent)
    calls = [partial(reveal_phone, customer.id, purpose="抢", actor=agent) for customer in files]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (2, ["customer.reveal_quota"] * 4)
    assert _count(NumberReveal, NumberReveal.__table__.c.staff_id == agent.id) == 5


def test_pool_15_follow_ups_at_once_are_all_kept(app, world):
    agent = world.actor("agent")
    made = make_platform_customer(agent, state="pending")
    calls = [partial(follow_up, made.id, content=str(n), method="phone", actor=agent) for n in range(6)]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (6, [])
    assert _count(FollowUp, FollowUp.__table__.c.customer_id == made.id) == 6
    assert stored(made.id)["follow_status"] == "following"
    moves = [row.differences for row in operations(made, "customer.follow_up") if row.differences]
    assert moves == [{"follow_status": ["pending", "following"]}]


def test_plat_9_one_key_one_customer_one_answer(app, world, api):
    number = next_phone()
    body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": number}

    def post():
        answer = api("agent").post("/customers", body, headers={"Idempotency-Key": "k-1"})
        return answer.status_code, answer.get_json()

    outcomes = race(app, [post] * 8)
    sorted_out(outcomes)
    assert {status for status, _json in outcomes} == {201}
    assert [answer for _status, answer in outcomes] == [outcomes[0][1]] * 8
    assert (_holders(number), _claims_of(number)) == (1, 1)


def test_plat_9_one_key_with_other_fields_is_refused_in_a_race_too(app, world, api):
    def post(name):
        body = {"pool": "personal", "kind": "individual", "name": name, "phone": next_phone()}
        return api("agent").post("/customers", body, headers={"Idempotency-Key": "k-2"}).status_code

    outcomes = race(app, [partial(post, name) for name in ("王一", "王二", "王三", "王四")])
    assert sorted(outcomes) == [201, 422, 422, 422]
    assert _count(Customer, Customer.__table__.c.owner_id == world.actor("agent").id) == 1


def test_cust_11_of_simultaneous_primaries_one_remains(app, world):
    agent, boss = world.actor("agent"), world.actor("manager")
    made = make_customer(agent)
    contacts = [add_contact(made.id, name=name, actor=agent).id for name in "甲乙丙丁"]
    calls = [partial(make_primary, pk, actor=actor) for pk in contacts for actor in (agent, boss)]
    calls.append(partial(update_contact, contacts[0], values={"is_primary": True}, actor=agent))
    calls.append(partial(add_contact, made.id, name="戊", is_primary=True, actor=boss))
    won, codes = sorted_out(race(app, calls))
    assert len(won) >= 5, "each contact was made primary in its turn"
    assert set(codes) <= {"contact.is_primary"}
    table = Contact.__table__.c
    assert _count(Contact, table.customer_id == made.id, table.is_primary) == 1
    assert _count(Contact, table.customer_id == made.id) == 5
