"""ACC-9: a stored number is ciphertext, blind index, mask and last four digits; nothing shows it whole."""

from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.fields.phones import PhoneNumber, phone_index, read_phone
from app.kernel.keys import keys
from tests.support.make import make_customer

MOBILES = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
quickly = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_acc_9_whatever_prints_a_number_prints_its_mask(bare):
    @quickly
    @given(MOBILES)
    def prove(mobile):
        number = read_phone(mobile)
        for written in (str(number), repr(number), f"{number}", repr([number]), repr(vars(number))):
            assert mobile not in written
        assert str(number) == f"{mobile[:3]}****{mobile[7:]}"
        assert number.reveal() == mobile

    prove()


def test_acc_9_equal_numbers_have_equal_indexes_and_different_ciphers(bare):
    one, other = read_phone("13800001234"), read_phone("+86 138-0000-1234")
    assert one == other
    assert hash(one) == hash(other)
    assert one.index == other.index == phone_index("１３８００００１２３４")
    assert one.cipher != other.cipher, "equal ciphers would tell equal numbers without the key"
    assert one != read_phone("13800001235")
    assert one != "13800001234"
    assert not PhoneNumber(None, None, None, None)


def test_acc_9_the_index_is_keyed(bare):
    """Without a key all 10^11 numbers could be tried in an hour."""
    import hashlib

    assert phone_index("13800001234") != hashlib.sha256(b"13800001234").hexdigest()[:32]
    assert len(phone_index("13800001234")) == 32
    assert keys().index("13800001234") == phone_index("13800001234")


def test_acc_9_a_ciphertext_that_was_touched_is_refused(bare):
    number = read_phone("13800001234")
    touched = number.cipher[:-10] + ("A" if number.cipher[-10] != "A" else "B") + number.cipher[-9:]
    with pytest.raises(InvalidToken):
        PhoneNumber(touched, number.index, number.masked, number.last4).reveal()


def test_acc_9_copies_hold_no_full_number_either(bare):
    number = read_phone("13800001234")
    assert b"13800001234" not in pickle.dumps(number)
    assert copy.copy(number) == number


def test_acc_11_a_wrong_number_is_complained_about_under_its_field(bare):
    with pytest.raises(Invalid) as caught:
        read_phone("12", "new_phone")
    assert list(caught.value.fields) == ["new_phone"]
    assert str(caught.value.fields["new_phone"])
    assert "12" not in str(caught.value)
    assert phone_index("12") is None


def test_acc_9_no_column_of_the_row_holds_the_number(world):
    made = make_customer(world.actor("agent"), phone="+86 138 7531 1234")
    sql = text("SELECT * FROM customer WHERE id = :pk")
    row = dict(db.session.execute(sql, {"pk": made.id}).mappings().one())
    readable = {k: v for k, v in row.items() if k not in {"phone_cipher", "phone_index", "created_at"}}
    assert "7531" not in repr(readable)
    assert (row["phone_masked"], row["phone_last4"]) == ("138****1234", "1234")
    db.session.expire_all()
    assert made.phone.reveal() == "13875311234"
