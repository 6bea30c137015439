"""CH-22: the list of referrals, with its filters, in the API and exported; the parts of one referral."""

from __future__ import annotations

from typing import ClassVar

from app.channel.collisions.rebinding import rebind_referral
from app.channel.referrals.models import Referral
from app.channel.tours.services import record_tour
from tests.support.channel.happened import happen, pay
from tests.support.channel.scene import every
from tests.support.web.kit import ApiTests, ListViewTests


class TestReferrals(ListViewTests):
    """CH-22, PLAT-9: the office finds every referral."""

    view = "ReferralView"
    api = "/referrals"
    scene = "channel"
    column = "code"
    allowed = ("secretary", "director", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1", "consultant")
    filters: ClassVar = {
        "code={first}": ["{first}"], "code={lower}": ["{second}"], "name=王小红": ["{second}"], "name=小红": [], "fragment=5678": ["{second}"],
        "fragment=138****1234": ["{first}"], "broker=赵": ["{first}"], "broker_phone=13900000003": ["{third}"],
        "company=锦程": ["{second}"], "consultant=夏": ["{first}", "{second}"], "project_id={other}": ["{third}"],
        "reached=bound": ["{first}", "{second}"], "reached=reported": ["{first}", "{second}"], "reached=closed": [],
        "created_from=2026-03-02": ["{second}", "{third}"], "created_to=2026-03-01": ["{first}"],
        "protected_to=2026-03-31": ["{first}"], "protected_from=2026-04-01": ["{second}"],
        "state=bound": ["{first}", "{second}"], "state=entered": ["{third}"], "state=expired": [],
        "broker_id={broker}": ["{third}"], "company_id={company}": ["{second}"],
        "consultant_id={consultant}": ["{first}", "{second}"],
        "fee_due=yes": ["{second}"], "fee_due=no": ["{first}", "{third}"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["{first}", "{second}", "{third}"]}
    most = 8

    def prepare(self):
        channel = self.people
        first, second = happen(channel)
        other = channel.new_project("云上里")
        third = channel.enter("broker3", "小刚", [("139", "0009")], project_id=other.id)
        self.known = {
            "first": first.code, "lower": second.code.lower(), "second": second.code, "third": third.code, "other": other.id,
            "broker": channel.brokers["broker3"].id, "company": channel.companies[1].id,
            "consultant": channel.actor("consultant").id,
        }  # fmt: skip

    def add(self, number):
        self.people.enter(
            "broker1", f"客{number}", [("135", f"200{number}")], project_id=self.people.project.id
        )


class Part(ApiTests):
    """A list of what happened to broker1's customer."""

    scene = "channel"
    column = "id"
    allowed = ("secretary", "director", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1", "consultant")
    orders: ClassVar = {"created_at": ["1", "{last}"]}

    def prepare(self):
        self.first, _second = happen(self.people)
        self.pk = self.first.id
        self.add(99)
        self.known["last"] = self.ask().get_json()["items"][0]["id"]


class TestScansOfAReferral(Part, ApiTests):
    """CH-22, PLAT-9: how often the customer came."""

    path = "/referrals/<int:pk>/scans"

    def add(self, number):
        self.people.scan(self.first)


class TestToursOfAReferral(Part, ApiTests):
    """CH-22, PLAT-9: who received the customer."""

    path = "/referrals/<int:pk>/tours"

    def add(self, number):
        record_tour(token=self.first.qr_token, intention="B", actor=self.people.actor("consultant"))


class TestFeesOfAReferral(Part, ApiTests):
    """CH-22, PLAT-9: what was paid for the customer."""

    path = "/referrals/<int:pk>/viewing-fees"

    def add(self, number):
        pay(self.people, self.first, f"{number + 1}.00")


class TestRebindsOfAReferral(Part, ApiTests):
    """CH-23, PLAT-9: which brokers the customer was bound to."""

    path = "/referrals/<int:pk>/rebinds"

    def prepare(self):
        self.brokers = ["broker1", "broker3"]
        self.pk = happen(self.people)[0].id
        self.add(0)
        self.add(1)
        self.known["last"] = self.ask().get_json()["items"][0]["id"]

    def add(self, number):
        """Bind the customer to the other of two brokers."""
        self.brokers.reverse()
        (bound,) = every(Referral, Referral.state == "bound", Referral.name_key == "王小明")
        broker, director = self.people.brokers[self.brokers[0]].id, self.people.actor("director")
        rebind_referral(bound.id, broker_id=broker, reason="先带看", actor=director)
