"""The address of the page that is shown, with some arguments changed: as ``url_for`` writes it."""

from __future__ import annotations

import pytest
from flask import request, url_for

from app.kernel.pages.formatting import qs


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?name=%E7%8E%8B%20%E5%B0%8F&page=3",
        "?tab=a&tab=b",
        "?x=%26%3D%3F%2B%22%3C&name=a:b/c,(d)!*'@$",
        "?empty=",
    ],
)
def test_an_address_is_written_as_url_for_writes_it(app, query):
    with app.test_request_context(f"/customers/{query}"):
        args = {key: request.args.getlist(key) for key in request.args}
        assert qs() == url_for("CustomerView.list", **args)
        assert qs(page=2) == url_for("CustomerView.list", **{**args, "page": 2}) or "page" in args
        assert qs(name=None) == url_for("CustomerView.list", **{k: v for k, v in args.items() if k != "name"})


def test_an_argument_cannot_lead_to_another_host_or_record(app):
    with app.test_request_context("/customers/7?pk=9&_external=1&_scheme=https&_anchor=x"):
        assert qs() == "/customers/7?pk=9&_external=1&_scheme=https&_anchor=x"


def test_another_page_forgets_the_place_in_the_list(app):
    with app.test_request_context("/customers/?after=abc&before=def&order_by=-created_at"):
        assert qs(page=2) == "/customers/?order_by=-created_at&page=2"
        assert qs(order_by=None).startswith("/customers/?after=abc&before=def")


def test_one_context_serves_requests_of_several_addresses(app):
    with app.app_context():
        for path in ("/customers/?page=1", "/referrals/?page=1", "/customers/5?page=1"):
            with app.test_request_context(path):
                assert qs(page=None) == path.partition("?")[0]
