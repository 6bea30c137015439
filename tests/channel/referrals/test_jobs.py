"""PLAT-4, CH-17: the clock ends protections and warns before; a dry run says how many, and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.referrals.jobs import end_protections, warn_of_ends
from app.channel.referrals.models import Binding
from app.kernel.jobs.registry import find_job
from tests.support.channel.scene import START, again, at, every

pytestmark = pytest.mark.both

END = timedelta(days=30)


def test_plat_4_protections_end_once(channel):
    referral = channel.bound("broker1")
    job = find_job("end_protections")
    assert not job.wanted()
    with at(START + END):
        assert job.wanted()
        assert end_protections(dry_run=True) == {"protections ended": 1}
        assert again(referral).state == "bound"
        assert job.run() == {"protections ended": 1}
        assert again(referral).state == "expired"
        assert job.run(dry_run=True) == job.run() == {"protections ended": 0}
        assert not job.wanted()


def test_plat_4_brokers_are_warned_once(channel):
    channel.bound("broker1")
    with at(START + END - timedelta(days=1)):
        assert list(warn_of_ends(dry_run=True).values()) == [1]
        assert [one.warned_at for one in every(Binding)] == [None]
        assert list(find_job("warn_of_ends").run().values()) == [1]
        assert list(warn_of_ends().values()) == list(warn_of_ends(dry_run=True).values()) == [0]
