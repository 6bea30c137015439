"""OFF-13: text travels compressed; what is compressed already, a stream or a download is left alone."""

from __future__ import annotations

import gzip
import io

import pytest
from flask import Flask, Response, send_file

from app.kernel.pages import compression
from tests.support.web.person import Browser

TEXT = "客户 customer " * 500
GZIP = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def client(tmp_path):
    (tmp_path / "long.js").write_text(f"// {TEXT}", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(TEXT.encode())
    app = Flask("small", static_folder=str(tmp_path), static_url_path="/static")
    compression.init_compression(app)

    def page(kind: str) -> Response:
        return {
            "html": lambda: Response(TEXT),
            "json": lambda: Response(TEXT, mimetype="application/json"),
            "short": lambda: Response("short"),
            "stream": lambda: Response(iter([TEXT]), mimetype="text/plain"),
            "packed": lambda: Response(gzip.compress(TEXT.encode()), headers={"Content-Encoding": "gzip"}),
            "download": lambda: send_file(
                io.BytesIO(TEXT.encode()), "text/plain", as_attachment=True, download_name="a.txt"
            ),
            "picture": lambda: Response(TEXT, mimetype="image/png"),
        }[kind]()

    app.add_url_rule("/<kind>", view_func=page)
    return app.test_client()


def _get(client, path, headers):
    """Return an answer that is read and closed."""
    with client.get(path, headers=headers) as answer:
        assert answer.data
    return answer


@pytest.mark.parametrize("kind", ["html", "json"])
def test_off_13_text_is_compressed_for_those_who_read_it(client, kind):
    answer = client.get(f"/{kind}", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == TEXT
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(TEXT) / 10
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize("accepted", [None, "identity", "br", "gzip;q=0"])
def test_off_13_others_get_it_as_it_is_and_caches_know(client, accepted):
    answer = client.get("/html", headers={"Accept-Encoding": accepted} if accepted else {})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == TEXT
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize("path", ["/short", "/stream", "/download", "/picture", "/static/picture.png"])
def test_off_13_what_gains_nothing_or_streams_is_left_alone(client, path):
    with client.get(path, headers=GZIP) as answer:
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_off_13_nothing_is_compressed_twice(client):
    assert gzip.decompress(client.get("/packed", headers=GZIP).data).decode() == TEXT


def test_off_13_a_file_is_compressed_once_and_again_when_it_changes(client, tmp_path, monkeypatch):
    lengths = []

    def count(content, *args, **kwargs):
        lengths.append(len(content))
        return real(content, *args, **kwargs)

    real = gzip.compress
    monkeypatch.setattr(compression.gzip, "compress", count)
    first, again = (_get(client, "/static/long.js", GZIP) for _ in range(2))
    assert gzip.decompress(first.data).decode() == f"// {TEXT}"
    assert first.data == again.data
    assert len(lengths) == 1
    tag = first.headers["ETag"]
    with client.get("/static/long.js", headers={**GZIP, "If-None-Match": tag}) as unchanged:
        assert unchanged.status_code == 304
    (tmp_path / "long.js").write_text(f"// new {TEXT}", encoding="utf-8")
    changed = _get(client, "/static/long.js", {**GZIP, "If-None-Match": tag})
    assert gzip.decompress(changed.data).decode() == f"// new {TEXT}"
    assert len(lengths) == 2


def test_off_13_the_length_of_a_page_says_nothing_about_single_letters(client):
    assert len({len(client.get("/html", headers=GZIP).data) for _ in range(20)}) > 1


def test_off_13_pages_and_scripts_of_the_application_are_compressed(app):
    browser = Browser(app)
    for path in ("/login/", "/static/kepan/office.css", "/static/appbuilder/css/bootstrap.min.css"):
        with browser.get(path, headers=GZIP) as answer:
            assert answer.headers["Content-Encoding"] == "gzip", path
            assert "Accept-Encoding" in answer.vary, path
