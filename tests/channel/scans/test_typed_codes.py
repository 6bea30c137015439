"""CH-30: codes that are typed in place of the token, in the REST API."""

from __future__ import annotations

import pytest

from app.audit.models import OperationLog
from app.channel.scans.models import OnsiteScan
from app.kernel.database.session import db
from tests.support.channel.scene import count, every
from tests.support.people.accounts import later

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def channel(channel_now):
    return channel_now


@pytest.fixture
def by(api_by):
    return api_by


@pytest.fixture
def referral(channel):
    made = channel.report("broker1")
    db.session.commit()
    return made


@pytest.fixture
def scan(by, channel):
    """Send a scan as on-site staff."""
    consultant = channel.actor("consultant").id
    return lambda **body: by("onsite").post("/scans", {"consultant_id": consultant, **body})


def test_ch_30_a_code_with_its_digits_scans_and_is_marked(scan, by, referral):
    answer = scan(code=referral.code, tail="1234")
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["result"], made["by_code"]) == ("bound", True)
    rows = by("director").get("/scans").get_json()["items"]
    assert [row["by_code"] for row in rows] == [True], "the director sees it"
    assert scan(token=referral.qr_token).get_json()["by_code"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "tail"), ({"tail": "1235"}, "tail"), ({"tail": "234"}, "tail"), ({"tail": "12345"}, "tail")],
)
def test_ch_30_a_code_alone_or_with_other_digits_is_nothing(scan, referral, body, field):
    answer = scan(code=referral.code, **body)
    assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field})
    assert scan(token=referral.code).status_code == 404, "a code is no token"
    assert scan().status_code == 422
    assert count(OnsiteScan) == 0


def test_ch_30_at_most_ten_wrong_codes_an_hour(scan, by, referral):
    said = {scan(code=f"R20260101{n:04d}", tail="1234").get_data() for n in range(5)}
    said |= {scan(code=referral.code, tail=f"000{n}").get_data() for n in range(5)}
    assert len(said) == 1, "an unknown code and wrong digits are answered alike"
    refused = scan(code=referral.code, tail="1234")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "scan.too_many_codes")
    assert scan(token=referral.qr_token).status_code == 201, "a QR can be scanned all the same"
    assert len(every(OperationLog, OperationLog.operation == "scan.wrong_code")) == 10, "and leaves a trace"
    with later(minutes=61):
        assert scan(code=referral.code, tail="1234").status_code == 201


def test_ch_30_a_typed_code_does_not_look_up_its_customer(by, referral):
    for who in ("onsite", "consultant"):
        assert by(who).get(f"/scans/{referral.code}").status_code == 404
        assert by(who).get(f"/scans/{referral.qr_token}").status_code == 200
    answer = by("consultant").post("/tours", {"token": referral.code, "intention": "A"})
    assert answer.status_code == 404


def test_ch_30_consultants_look_up_their_customers_by_code(scan, by, referral):
    assert scan(token=referral.qr_token).status_code == 201
    assert by("consultant").get(f"/scans/{referral.code}").status_code == 200
    assert by("onsite").get(f"/scans/{referral.code}").status_code == 404
    answer = by("consultant").post("/tours", {"token": referral.code, "intention": "A"})
    assert answer.status_code == 201
