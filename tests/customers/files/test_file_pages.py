"""PLAT-10, CUST-2, POOL-18: files on pages and in the API."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.customers.files.queries import files_of_customer
from app.customers.files.services import add_files
from app.customers.follow_ups.services import follow_up
from app.kernel.fields import uploads
from app.kernel.files.attachments import files_by_subject
from app.kernel.files.storage import storage
from tests.support import documents as d
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.web.person import Browser

MULTIPART = "multipart/form-data"


@pytest.fixture
def made(world):
    return make_customer(world.actor("agent"))


@pytest.fixture
def files(world, made):
    """A picture, a document."""
    sent = [d.upload("户型图.jpg", d.jpeg()), d.upload("页面.txt", d.PAGE)]
    return add_files(made.id, files=sent, actor=world.actor("agent"))


def _sent(*parts, **fields):
    return {**fields, **({"files": [*parts]} if parts else {})}


def _is_served(response) -> None:
    """Headers that a real server can send, and that keep a browser from doing anything with the content."""
    for name, value in response.headers:
        value.encode("latin-1")
        assert value != "None", name
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "script" not in response.headers["Content-Security-Policy"]


def test_plat_10_a_picture_is_shown_and_a_document_downloaded(app, files):
    browser = Browser(app, "agent")
    for row, how in zip(files, ("inline", "attachment"), strict=True):
        response = browser.get(f"/files/{row.id}")
        assert response.status_code == 200
        _is_served(response)
        assert response.headers["Content-Disposition"].startswith(f"{how}; ")
        assert int(response.headers["Content-Length"]) == len(response.data) == row.size
        assert response.mimetype == row.media_type
    asked = browser.get(f"/files/{files[0].id}?download=1").headers["Content-Disposition"]
    assert asked == ("attachment; filename=\"file.jpg\"; filename*=UTF-8''%E6%88%B7%E5%9E%8B%E5%9B%BE.jpg")


def test_plat_10_thumbnails_are_small_pictures(app, files):
    browser = Browser(app, "agent")
    response = browser.get(f"/files/{files[0].id}/thumbnail")
    _is_served(response)
    with Image.open(BytesIO(response.data)) as image:
        assert max(image.size) <= 320
    assert browser.get(f"/files/{files[1].id}/thumbnail").status_code == 404


@pytest.mark.parametrize(
    ("username", "status"),
    [("", 302), ("agent", 200), ("manager", 200), ("auditor", 200), ("agent2", 404), ("other_agent", 404),
     ("director", 404), ("broker", 403), ("visitor", 403)],
)  # fmt: skip
def test_plat_10_a_file_is_as_far_as_its_customer(app, api, files, username, status):
    row = files[0]
    browser = Browser(app, username)
    for path in (f"/files/{row.id}", f"/files/{row.id}/thumbnail", f"/files/{row.id}?download=1"):
        assert browser.get(path).status_code == status
    assert api(username).get(f"/files/{row.id}").status_code == (401 if status == 302 else status)


def test_plat_10_what_is_not_there_is_not_found(app, files):
    browser = Browser(app, "agent")
    assert browser.get("/files/999999").status_code == 404
    with app.app_context():
        storage().remove(files[0].storage_name)
    assert browser.get(f"/files/{files[0].id}").status_code == 404


def test_plat_10_nothing_lies_under_static(app, files):
    client = app.test_client()
    for name in (files[0].storage_name, f"files/{files[0].storage_name}"):
        assert client.get(f"/static/{name}").status_code == 404


def test_cust_2_the_tab_lists_files_with_what_may_be_done(app, made, files):
    text = Browser(app, "agent").get(f"/customers/{made.id}/tab/files").get_data(as_text=True)
    assert f'src="/files/{files[0].id}/thumbnail"' in text
    assert "页面.txt" in text
    assert text.count("/remove") == 2
    assert f"/customers/{made.id}/add-files" in text
    reading = Browser(app, "auditor").get(f"/customers/{made.id}/tab/files").get_data(as_text=True)
    assert "页面.txt" in reading
    assert "/remove" not in reading
    assert "add-files" not in reading


def test_cust_2_files_are_added_and_removed_on_pages(app, world, made):
    browser = Browser(app, "agent")
    path = f"/customers/{made.id}/add-files"
    assert 'enctype="multipart/form-data"' in browser.get(path).get_data(as_text=True)
    response = browser.post(path, _sent(d.part("a.jpg", d.jpeg()), d.part()), content_type=MULTIPART)
    assert (response.status_code, response.location) == (303, f"/customers/{made.id}#files")
    first, second = files_of_customer(made)
    assert {first.name, second.name} == {"a.jpg", "备注.txt"}
    response = browser.post(f"/customers/{made.id}/files/{first.id}/remove")
    assert (response.status_code, response.location) == (303, f"/customers/{made.id}#files")
    assert files_of_customer(made) == [second]
    assert "已删除" in browser.page(f"/customers/{made.id}").text
    assert browser.post(f"/customers/{made.id}/files/{first.id}/remove").status_code == 404
    assert browser.get(f"/customers/{made.id}/files/{second.id}/remove").status_code == 405


def test_pool_18_a_refused_form_keeps_the_text_and_names_the_files_to_choose_again(app, made):
    browser = Browser(app, "agent")
    path = f"/customers/{made.id}/follow-up"
    page = browser.submit(
        path,
        _sent(d.part("a.jpg", d.jpeg()), d.part("坏.exe", d.PROGRAM), content="写了很多", method="visit"),
        422,
    )
    assert page.values()["content"] == "写了很多"
    assert "坏.exe" in page.errors()["files"]
    assert "a.jpg、坏.exe" in page.text


def test_pool_18_the_timeline_shows_attachments(app, world, made):
    browser = Browser(app, "agent")
    path = f"/customers/{made.id}/follow-up"
    sent = _sent(d.part("户型图.jpg", d.jpeg()), d.part(), content="带看", method="viewing")
    assert browser.post(path, sent, content_type=MULTIPART).status_code == 303
    text = browser.get(f"/customers/{made.id}/tab/follow_ups").get_data(as_text=True)
    assert "户型图.jpg" in text
    assert "/thumbnail" in text
    assert "备注.txt" in text


def test_pool_18_attachments_cost_one_statement_whatever_their_number(app, world, made):
    agent = world.actor("agent")
    pk, path = made.id, f"/customers/{made.id}/tab/follow_ups"
    follow_up(pk, content="0", method="phone", actor=agent)
    browser = Browser(app, "agent")

    def cost() -> int:
        with count_statements(app) as seen:
            browser.get(path)
        return seen.count

    cost()
    before = cost()
    for number in range(5):
        follow_up(pk, content=str(number), method="phone", files=[d.upload()] * 3, actor=agent)
    assert cost() == before


def test_plat_10_forms_with_files_may_be_larger_than_others(app, made, monkeypatch):
    browser = Browser(app, "agent")
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
    monkeypatch.setitem(app.config, "MAX_UPLOAD_BYTES", 50_000)
    large = _sent(d.part("a.txt", b"x" * 20_000))
    path = f"/customers/{made.id}/add-files"
    assert browser.post(path, large, content_type=MULTIPART).status_code == 303
    too_large = _sent(d.part("a.txt", b"x" * 60_000))
    assert browser.post(path, too_large, content_type=MULTIPART).status_code == 413
    other = browser.post(f"/customers/{made.id}/edit", {"name": "x" * 20_000})
    assert other.status_code == 413


@pytest.mark.parametrize("number", [10, 11])
def test_plat_10_a_form_takes_so_many_files(app, made, number):
    parts = [d.part(f"{i}.txt") for i in range(number)]
    response = Browser(app, "agent").post(
        f"/customers/{made.id}/add-files", _sent(*parts), content_type=MULTIPART
    )
    assert response.status_code == (303 if number <= uploads.MAX_FILES else 422)


def test_pool_18_the_api_takes_json_or_multipart(app, api, world, made):
    http = api("agent")
    path = f"/customers/{made.id}/follow-ups"
    plain = http.post(path, {"content": "电话", "method": "phone"})
    assert (plain.status_code, plain.get_json()["files"]) == (201, [])
    sent = _sent(d.part("户型图.jpg", d.jpeg()), content="带看", method="viewing")
    made_now = http.open("POST", path, data=sent, content_type=MULTIPART)
    assert made_now.status_code == 201
    (file,) = made_now.get_json()["files"]
    assert (file["name"], file["media_type"], file["uploader"]) == ("户型图.jpg", "image/jpeg", "陈晓雯")
    assert http.open("GET", file["url"].removeprefix("/api/v1")).data[:3] == b"\xff\xd8\xff"
    listed = http.get(path).get_json()["items"]
    assert [len(row["files"]) for row in listed] == [1, 0]


@pytest.mark.parametrize(
    ("fields", "parts", "wrong"),
    [
        ({"content": "x", "method": "nonsense"}, [], "method"),
        ({"content": "x", "method": "phone", "invented": "1"}, [], "invented"),
        ({"content": "x", "method": "phone", "files": "text"}, [], "files"),
        ({"content": "x", "method": "phone"}, [("a.exe", d.PROGRAM)], "files"),
        ({"method": "phone"}, [("a.txt", d.TEXT)], "content"),
    ],
)
def test_pool_18_bad_parts_are_refused_under_their_name(api, made, fields, parts, wrong):
    sent = _sent(*(d.part(*one) for one in parts), **fields)
    response = api("agent").open(
        "POST", f"/customers/{made.id}/follow-ups", data=sent, content_type=MULTIPART
    )
    assert response.status_code == 422
    assert wrong in response.get_json()["fields"]
    assert api("agent").get(f"/customers/{made.id}/follow-ups").get_json()["items"] == []


def test_plat_9_the_same_key_and_files_give_the_first_answer(api, world, made):
    http = api("agent")

    def send(content: bytes = d.TEXT):
        return http.open(
            "POST",
            f"/customers/{made.id}/files",
            data=_sent(d.part("a.txt", content)),
            content_type=MULTIPART,
            headers={"Idempotency-Key": "one"},
        )

    first, second, third = send(), send(), send(b"other text")
    assert (first.status_code, second.status_code, third.status_code) == (201, 201, 422)
    assert first.get_json() == second.get_json()
    assert len(files_of_customer(made)) == 1


def test_cust_2_files_in_the_api(api, made):
    http = api("agent")
    path = f"/customers/{made.id}/files"
    added = http.open("POST", path, data=_sent(d.part("1.txt"), d.part("2.txt")), content_type=MULTIPART)
    body = added.get_json()
    assert added.status_code == 201
    assert body["id"] == body["items"][0]["id"]
    assert [one["name"] for one in http.get(path).get_json()["items"]] == ["2.txt", "1.txt"]
    left = http.delete(f"{path}/{body['id']}")
    assert (left.status_code, [one["name"] for one in left.get_json()["items"]]) == (200, ["2.txt"])
    assert http.delete(f"{path}/{body['id']}").status_code == 404
    assert http.post(path, {}).status_code == 422
    assert http.post(path, {"files": ["x"]}).status_code == 422
    assert api("auditor").delete(f"{path}/{body['items'][1]['id']}").status_code == 403
    assert api("agent2").get(path).status_code == 404


def test_pool_18_files_of_a_page_of_records_come_at_once(world, made):
    agent = world.actor("agent")
    rows = [follow_up(made.id, content="x", method="phone", files=[d.upload()], actor=agent) for _ in "ab"]
    found = files_by_subject("follow_up", [row.id for row in rows])
    assert [len(found[row.id]) for row in rows] == [1, 1]
    assert files_by_subject("follow_up", []) == {}
