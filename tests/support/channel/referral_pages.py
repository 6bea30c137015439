"""What a referral's page shows, as plain values."""

from __future__ import annotations


def head(page) -> dict[str, str]:
    """Return label → reason of refusal, of the buttons in the head of a detail."""
    ops = page.one("div", class_="page-ops")
    found = [node for node in ops.all() if node.tag in {"a", "button"} and not node["data-toggle"]]
    return {node.text: node["title"] for node in found}


def facts(page) -> dict[str, str]:
    """Return the content of the descriptions."""
    return {item.one("dt").text: item.one("dd").text for item in page.all("div", class_="dl-i")}
