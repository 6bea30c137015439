"""ui.md: the phone pages are small, and load nothing from other servers."""

from __future__ import annotations

import re

import pytest

from app.channel.projects import services as projects
from tests.support.channel.scene import picture

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LIMIT = 150 * 1024


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("", "/m/login"),
        ("", "/m/register/broker"),
        ("broker1", "/m/"),
        ("broker1", "/m/customers"),
        ("broker1", "/m/report"),
    ],
)
def test_the_first_load_stays_below_150_kb_and_comes_from_here(phone, channel, key, path):
    for number in range(25):
        channel.report("broker1", f"客{number:02}", [("136", f"{number:04}")])
    projects.add_pictures(channel.project, pictures=[picture()], actor=channel.admin)
    page = phone(key).page(path)
    addresses = [link["href"] for link in page.all("link")] + [script["src"] for script in page.all("script")]
    assert len(addresses) == 3, "an icon, a stylesheet, a script"
    assert all(address.startswith("/static/kepan/") for address in addresses)
    contents = [phone(key).get(address).get_data() for address in addresses]
    assert not re.search(rb"@import|@font-face|url\(", b"".join(contents[1:]))
    assert sum(map(len, contents)) + len(page.response.get_data()) < LIMIT
    assert not [image for image in page.all("img") if not image["src"].startswith(("/static/kepan/", "/m/"))]
    assert not [
        node for node in page.all() if node["style"] or any(name.startswith("on") for name in node.attrs)
    ]
