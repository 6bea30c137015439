"""OFF-5: the board of referrals by their present state: who sees which card, and where the rules refuse a move."""

from __future__ import annotations

from app.channel.referrals.deals import close_referral
from app.kernel import clock
from tests.support.databases.statements import count_statements


def _stages(page) -> dict[str, list[str]]:
    return {
        one["data-stage"]: [card.all("a")[0].text for card in one.all("li", class_="kb-card")]
        for one in page.all("section", class_="kb-col")
    }


def _moves(browser, pk: int) -> dict[str, tuple[str, str]]:
    """Return state → address of the operation and reason of a refusal."""
    found = {}
    for one in browser.page(f"/referrals/{pk}/moves").all("div"):
        links, buttons = one.all("a"), one.all("button")
        found[one["data-to"]] = (links[0]["href"], "") if links else ("", buttons[0]["title"])
    return found


def test_off_5_ch_17_a_card_stands_under_its_present_state(by, channel):
    channel.bound("broker1", "王小明")
    channel.report("broker2", "李小红")
    found = _stages(by("director").page("/referrals/board"))
    assert [*found] == ["entered", "reported", "bound", "expired", "closed"]
    assert [len(cards) for cards in found.values()] == [0, 1, 1, 0, 0]
    assert by("broker1").get("/referrals/board").status_code == 403


def test_off_5_ch_24_only_a_deal_is_closed_and_reopened_by_its_card(by, channel):
    referral = channel.bound("broker1")
    ways = _moves(by("director"), referral.id)
    assert ways["closed"] == (f"/referrals/{referral.id}/close?stage=closed", "")
    assert ways["entered"] == ("", "客户由经纪人在手机端录入")
    assert ways["expired"][1]
    address, reason = _moves(by("secretary"), referral.id)["closed"]
    assert address == ""
    assert reason, "the rule's own sentence"
    close_referral(referral.id, closed_on=clock.today(), actor=channel.actor("director"))
    assert [*_moves(by("admin"), referral.id)] == ["entered", "reported", "bound", "expired"]
    assert _moves(by("admin"), referral.id)["bound"][0].endswith("/reopen?stage=bound")


def test_off_5_a_board_of_referrals_is_a_statement_for_each_state_and_one_for_the_counts(app, by, channel):
    channel.bound("broker1")
    by("director").page("/referrals/board")
    with count_statements(app) as seen:
        by("director").page("/referrals/board")
    cards = [text for text in seen if "FROM referral" in text and "count(" not in text]
    assert len(cards) <= 5, cards
    assert seen.count <= 9, list(seen)
