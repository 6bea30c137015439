"""CH-1: projects, plots, pictures and the people who work there, in the browser."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.channel.projects import services as projects
from app.channel.projects.models import Plot, Project
from app.kernel.database.session import db
from app.kernel.files.attachments import Attachment
from tests.support import documents as d
from tests.support.channel.scene import again, every, operations
from tests.support.web.person import Browser

INTRODUCTION = '<h2>简介</h2><p onclick="x()">双<strong>地铁</strong></p><script>alert(1)</script>'
TYPED = {
    "name": "锦绣天府",
    "address": "高新区天府大道 1 号",
    "longitude": "104.06",
    "latitude": "30.57",
    "service_phone": "028-86660000",
    "features": "地铁口、沿街, 返租",
    "introduction": INTRODUCTION,
    "active": "y",
}


@pytest.fixture
def plot(channel) -> Plot:
    return projects.create_plot(channel.project.id, number="A-1", tags=["沿街"], actor=channel.admin)


@pytest.fixture
def elsewhere(channel) -> Project:
    """A project of the other company."""
    return projects.create_project(company_id=channel.world.companies[1], name="海棠湾", actor=channel.admin)


def _pictures(browser, path: str, *names: str, content: bytes | None = None):
    files = [(BytesIO(content or d.png()), name) for name in names]
    return browser.post(path, {"pictures": files}, content_type="multipart/form-data")


def test_ch_1_a_project_is_made_edited_and_shown_with_a_way_to_the_map(app, channel):
    admin = Browser(app, "admin")
    company = str(channel.world.companies[0])
    assert admin.post("/projects/new", {**TYPED, "company_id": company}).status_code == 303
    made = every(Project, Project.name == "锦绣天府")[0]
    assert (made.features, made.active) == (["地铁口", "沿街", "返租"], True)
    page = admin.page(f"/projects/{made.id}")
    assert "uri.amap.com/marker?position=104.06" in page.response.get_data(as_text=True)
    rich = page.one("div", class_="rich")
    assert (rich.one("strong").text, rich.text) == ("地铁", "简介 双 地铁")
    assert not rich.all("script")
    assert "onclick" not in rich.one("p").attrs
    shown = admin.page(f"/projects/{made.id}/edit").values()
    assert (shown["features"], shown["longitude"], shown["active"]) == ("地铁口、沿街、返租", "104.06", "y")
    changed = {**TYPED, "name": "锦绣天府 2", "active": "", "longitude": "", "latitude": ""}
    assert admin.post(f"/projects/{made.id}/edit", changed).status_code == 303
    made = again(made)
    assert (made.name, made.active, made.longitude) == ("锦绣天府 2", False, None)
    assert "uri.amap.com/search" in admin.get(f"/projects/{made.id}").get_data(as_text=True)
    assert operations(made) == ["project.create", "project.edit"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": "此项必填"}),
        ({"name": "云锦里"}, {"name": "已有同名项目"}),
        ({"name": "云 锦里"}, {"name": "已有同名项目"}),
        ({"latitude": ""}, {"latitude": "此项必填"}),
        ({"longitude": "181"}, {"longitude": "请填写 -180 到 180 之间的数字"}),
        ({"longitude": "东经"}, {"longitude": "请填写数字"}),
        ({"features": "长" * 21}, {"features": "最多 20 个标签，每个不超过 20 个字"}),
        ({"company_id": ""}, {"company_id": "此项必填"}),
    ],
    ids=str,
)
def test_ch_1_a_refused_project_says_why_under_the_field_and_keeps_what_was_typed(
    app, channel, change, errors
):
    sent = {**TYPED, "company_id": str(channel.world.companies[0]), **change}
    status = 409 if change.get("name") else 422
    page = Browser(app, "admin").submit("/projects/new", sent, status)
    assert page.errors() == errors
    kept = page.values()
    assert {name: kept[name] for name in sent} == sent


def test_acc_7_the_office_reads_its_company_and_changes_nothing(app, channel, plot, elsewhere):
    for username in ("director", "secretary"):
        browser = Browser(app, username)
        page = browser.page("/projects/")
        assert [row.one("a", class_="row-link").text for row in page.one("tbody").all("tr")] == ["云锦里"]
        assert not page.all("a", class_="btn-primary")
        assert browser.page(f"/projects/{channel.project.id}").text.count("编辑") == 0
        assert browser.get(f"/projects/{elsewhere.id}").status_code == 404
        assert "A-1" in browser.page(f"/projects/{channel.project.id}/tab/plots").text
        assert browser.page(f"/plots/{plot.id}").text
        for path in (f"/projects/{channel.project.id}/edit", f"/plots/{plot.id}/edit"):
            assert browser.get(path).status_code == 403
        assert browser.post(f"/plots/{plot.id}/remove").status_code == 403
    assert Browser(app, "agent").get("/projects/").status_code == 403
    assert Browser(app, "director").get(f"/projects/{channel.project.id}/tab/operations").status_code == 404
    assert again(plot) is not None


def test_ch_1_plots_are_made_edited_and_deleted_with_their_pictures(app, channel, monkeypatch):
    admin, pk = Browser(app, "admin"), channel.project.id
    assert (
        admin.post(f"/projects/{pk}/plots/new", {"number": "B-2", "tags": "临街，带租约"}).status_code == 303
    )
    plot = every(Plot)[0]
    former = plot.id
    assert (plot.number, plot.tags, plot.position) == ("B-2", ["临街", "带租约"], 0)
    again_ = admin.submit(f"/projects/{pk}/plots/new", {"number": "B-2"}, 409)
    assert again_.errors() == {"number": "已有该编号的地块"}
    edited = {"number": "B-3", "tags": "临街", "position": "2", "introduction": "<p>首层</p>"}
    assert admin.post(f"/plots/{plot.id}/edit", edited).status_code == 303
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
    large = d.noisy_photo()
    sent = _pictures(admin, f"/plots/{plot.id}/add-files", "一.jpg", "二.jpg", content=large)
    assert sent.status_code == 303
    assert len(large) > 10_000, "larger than a form without files may be"
    tab = admin.page(f"/projects/{pk}/tab/plots")
    assert tab.one("td", data_key="pictures").text == "2"
    assert len(admin.page(f"/plots/{plot.id}/tab/pictures").all("img")) == 2
    assert admin.open("POST", f"/plots/{plot.id}/remove").status_code == 400, "not without the token"
    answer = admin.post(f"/plots/{plot.id}/remove")
    assert (answer.status_code, answer.location) == (303, f"/projects/{pk}#plots")
    assert "地块已删除" in admin.page(f"/projects/{pk}").text
    assert not every(Plot)
    assert all(one.removed_at for one in every(Attachment))
    assert "暂无地块" in admin.page(f"/projects/{pk}/tab/plots").text
    made = projects.create_plot(pk, number="C-1", actor=channel.admin)
    assert made.id != former, "the log and pictures of the former are not the new plot's"


def test_ch_1_pictures_are_added_shown_and_removed_and_nothing_else_is_taken(app, channel, elsewhere):
    admin, pk = Browser(app, "admin"), channel.project.id
    form = f"/projects/{pk}/add-files"
    wrong = _pictures(admin, form, "说明.txt", content=b"text")
    assert wrong.status_code == 422
    assert "Pictures only" not in wrong.get_data(as_text=True)
    assert _pictures(admin, form, "一.jpg", content=d.jpeg((3200, 800))).status_code == 303
    picture = every(Attachment)[0]
    director = Browser(app, "director")
    seen = director.get(f"/files/{picture.id}")
    assert seen.status_code == 200
    with Image.open(BytesIO(seen.data)) as shown:
        assert shown.size == (1600, 400), "no more than phones show"
    assert "移除" in admin.page(f"/projects/{pk}/tab/pictures").text
    assert "移除" not in director.page(f"/projects/{pk}/tab/pictures").text
    assert director.post(f"/projects/{pk}/files/{picture.id}/remove").status_code == 403
    assert admin.post(f"/projects/{elsewhere.id}/files/{picture.id}/remove").status_code == 404
    assert admin.post(f"/projects/{pk}/files/{picture.id}/remove").status_code == 303
    assert admin.get(f"/files/{picture.id}").status_code == 404
    assert operations(channel.project)[-2:] == ["project.add_files", "project.remove_file"]


def test_ch_1_staff_are_assigned_by_remote_search_of_the_company(app, channel):
    admin, pk = Browser(app, "admin"), channel.project.id
    onsite, consultant = (channel.world.actor(name).id for name in ("onsite", "consultant"))
    form = admin.page(f"/projects/{pk}/staff")
    assert form.values()["onsite_ids"] == [str(onsite)]
    where = form.one("select", id="onsite_ids")["data-remote"]
    assert where == f"/options/members?company_id={channel.world.companies[0]}"
    offered = [row["id"] for row in admin.get(where).get_json()["results"]]
    stranger = channel.world.actor("other_agent").id
    assert onsite in offered
    assert stranger not in offered
    refused = admin.submit(f"/projects/{pk}/staff", {"onsite_ids": [stranger], "consultant_ids": []}, 422)
    assert set(refused.errors()) == {"onsite_ids"}
    more = {"onsite_ids": [onsite, consultant], "consultant_ids": [consultant]}
    assert admin.post(f"/projects/{pk}/staff", more).status_code == 303
    db.session.rollback()
    names = admin.page(f"/projects/{pk}/tab/onsite").one("tbody").all("td", data_key="name")
    assert len(names) == 2
    assert len(admin.page(f"/projects/{pk}/tab/consultants").one("tbody").all("tr")) == 1


def test_ch_1_without_the_editors_script_the_introduction_is_a_plain_field(
    app, channel, tmp_path, monkeypatch
):
    (tmp_path / "vendor").mkdir()
    monkeypatch.setattr(app, "_static_folder", str(tmp_path))
    path = f"/projects/{channel.project.id}/edit"
    plain = Browser(app, "admin").page(path)
    assert "data-script" not in plain.one("div", class_="rich-box").attrs
    assert plain.one("textarea", id="introduction")
    assert "hidden" in plain.one("div", class_="rich-bar").attrs
    (tmp_path / "vendor" / "quill.js").write_text("", encoding="ascii")
    box = Browser(app, "admin").page(path).one("div", class_="rich-box")
    assert box["data-editor"].startswith("/static/vendor/quill.js")
    assert box["data-script"].startswith("/static/kepan/rich-")
