"""PLAT-9: the same ``Idempotency-Key`` and fields return the first response; other fields are refused."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from app.kernel.api.idempotency import MAX_KEY, IdempotencyKey, run_once
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, conflict
from app.kernel.keys import keys
from tests.support.make import make_customer

pytestmark = pytest.mark.both

PATH = "/api/v1/customers"


class Creation:
    """A creation that counts its calls."""

    def __init__(self):
        self.made = 0

    def __call__(self):
        self.made += 1
        return {"id": self.made, "name": "王小明"}


def _rows():
    return db.session.scalar(select(func.count()).select_from(IdempotencyKey))


def test_plat_9_a_repetition_gives_the_first_answer(world):
    create = Creation()
    answers = [run_once(1, "k", PATH, {"name": "王", "n": [1]}, create) for _ in range(3)]
    assert answers == [{"id": 1, "name": "王小明"}] * 3
    assert (create.made, _rows()) == (1, 1)


def test_plat_9_the_order_of_fields_does_not_matter(world):
    create = Creation()
    run_once(1, "k", PATH, {"a": 1, "b": {"c": 2, "d": 3}}, create)
    assert run_once(1, "k", PATH, {"b": {"d": 3, "c": 2}, "a": 1}, create)["id"] == 1


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (PATH, {"name": "李"}),
        (PATH, {}),
        (PATH, {"name": "王", "x": None}),
        ("/api/v1/other", {"name": "王"}),
    ],
)
def test_plat_9_other_fields_or_another_path_are_refused(world, path, fields):
    create = Creation()
    run_once(1, "k", PATH, {"name": "王"}, create)
    with pytest.raises(Invalid) as caught:
        run_once(1, "k", path, fields, create)
    assert list(caught.value.fields) == ["idempotency_key"]
    assert create.made == 1


def test_plat_9_keys_are_each_persons_own(world):
    create = Creation()
    assert run_once(1, "k", PATH, {}, create)["id"] == 1
    assert run_once(2, "k", PATH, {}, create)["id"] == 2
    assert run_once(1, "other", PATH, {}, create)["id"] == 3


def test_plat_9_without_a_key_every_call_creates(world):
    create = Creation()
    assert [run_once(1, "", PATH, {}, create)["id"] for _ in range(2)] == [1, 2]
    assert _rows() == 0


def test_plat_9_a_refused_creation_leaves_its_key_free(world):
    def refused():
        conflict("x.no", "No").enforce()

    with pytest.raises(Denied):
        run_once(1, "k", PATH, {}, refused)
    assert _rows() == 0
    create = Creation()
    assert run_once(1, "k", PATH, {"other": 1}, create)["id"] == 1


def test_plat_9_the_key_and_the_creation_are_one_transaction(world):
    def half_done():
        make_customer(world.actor("agent"))
        raise LookupError

    with pytest.raises(LookupError):
        run_once(1, "k", PATH, {}, half_done)
    assert _rows() == 0
    assert db.session.scalar(text("SELECT count(*) FROM customer")) == 0


def test_plat_9_keys_are_bounded(world):
    create = Creation()
    assert run_once(1, "k" * MAX_KEY, PATH, {}, create)["id"] == 1
    with pytest.raises(Invalid):
        run_once(1, "k" * (MAX_KEY + 1), PATH, {}, create)
    assert create.made == 1


def test_acc_9_the_stored_fingerprint_reveals_no_number(world):
    """Fields contain full numbers; a plain hash of them could be reversed by trying all numbers."""
    import hashlib

    run_once(1, "create-13800001234", PATH, {"phone": "13800001234"}, Creation())
    row = db.session.scalars(select(IdempotencyKey)).one()
    assert "13800001234" not in repr(vars(row))
    plain = hashlib.sha256((PATH + '{"phone": "13800001234"}').encode()).hexdigest()
    assert row.fingerprint not in plain


def test_acc_9_the_key_is_not_stored_as_it_was_sent(world):
    """Clients may build keys from their data, so that a plain hash could be reversed as well."""
    import hashlib

    sent = "create-13800001234"
    assert run_once(1, sent, PATH, {}, Creation()) == {"id": 1, "name": "王小明"}
    (stored,) = db.session.execute(text("SELECT key FROM idempotency_key")).one()
    assert sent not in stored
    assert stored not in {hashlib.sha256(sent.encode()).hexdigest()[:32], keys().index(sent)}
    again = Creation()
    assert run_once(1, sent, PATH, {}, again)["id"] == 1
    assert again.made == 0
