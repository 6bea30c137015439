"""PLAT-10: contents are stored outside static, under names of the server, and are created and deleted with
their rows.
"""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.customers.files.services import add_files
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.files.attachments import Attachment, sweep_files
from app.kernel.files.storage import new_name, storage
from config import InsecureSettingsError, read_settings
from tests.support import documents as d
from tests.support.make import make_customer
from tests.support.web.clients import apart


@pytest.fixture
def customer_id(stored_app, database):
    agent = database.world.actor("agent")
    return apart(stored_app, lambda: make_customer(agent).id)


@pytest.fixture
def agent(database):
    return database.world.actor("agent")


def _rows() -> list[Attachment]:
    with unscoped("test: what the table holds"):
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def test_plat_10_what_is_kept_is_what_was_sent(stored_app, contents, customer_id, agent):
    with stored_app.app_context():
        (made,) = add_files(customer_id, files=[d.upload("备注.txt", d.TEXT)], actor=agent)
        assert b"".join(storage().read(made.storage_name)) == d.TEXT
        assert made.size == len(d.TEXT)
    assert contents() == {made.storage_name}


def test_plat_10_a_picture_is_two_files(stored_app, contents, customer_id, agent):
    with stored_app.app_context():
        (made,) = add_files(customer_id, files=[d.upload("a.jpg", d.jpeg())], actor=agent)
    assert contents() == {made.storage_name, made.thumbnail_name}
    assert "a.jpg" not in "".join(contents())


@pytest.mark.both
def test_plat_10_without_its_row_a_content_does_not_stay(stored_app, contents, customer_id, agent):
    @transactional
    def broken():
        add_files(customer_id, files=[d.upload(), d.upload("a.png", d.png())], actor=agent)
        assert len(contents()) == 3
        raise RuntimeError

    with stored_app.app_context(), pytest.raises(RuntimeError):
        broken()
    assert contents() == set()
    with stored_app.app_context():
        assert _rows() == []


@pytest.mark.both
def test_plat_10_a_session_that_ends_without_a_commit_leaves_no_content(stored_app, contents):
    with stored_app.app_context():
        db.session.execute(select(1))
        storage().keep(d.upload().content)
        assert len(contents()) == 1
    assert contents() == set(), "the end of the context ended the transaction"


def test_plat_10_a_refused_operation_leaves_earlier_contents_alone(stored_app, contents, customer_id, agent):
    with stored_app.app_context():
        add_files(customer_id, files=[d.upload()], actor=agent)
        before = contents()
        with pytest.raises(ZeroDivisionError):
            _fail(customer_id, agent)
    assert contents() == before


@transactional
def _fail(customer_id, agent):
    add_files(customer_id, files=[d.upload()], actor=agent)
    return 1 / 0


def test_plat_10_the_sweep_removes_what_no_row_names_and_nothing_else(
    stored_app, contents, customer_id, agent
):
    with stored_app.app_context():
        (kept,) = add_files(customer_id, files=[d.upload("a.jpg", d.jpeg())], actor=agent)
        kept.remove(agent)
        db.session.commit()
        abandoned = new_name()
        storage().write(abandoned, d.upload().content)
        assert sweep_files() == [], "what was just written may have its row yet to come"
        with clock.frozen(clock.now() + timedelta(days=2)):
            assert sweep_files() == [abandoned]
            assert sweep_files() == []
    assert contents() == {kept.storage_name, kept.thumbnail_name}, "a removed file keeps its content"


def test_plat_10_names_are_the_servers_alone(stored_app):
    with stored_app.app_context():
        for name in ("../keys.json", "/etc/passwd", "ab/../../x", "", "ab/xyz"):
            with pytest.raises(ValueError, match="not a name of ours"):
                storage().read(name)
            with pytest.raises(ValueError, match="not a name of ours"):
                storage().remove(name)


def test_plat_10_missing_content_is_reported_at_once(stored_app):
    with stored_app.app_context():
        with pytest.raises(FileNotFoundError):
            storage().read(new_name())
        storage().remove(new_name())


def test_plat_10_by_default_contents_lie_in_the_data_directory(database, world):
    app = database.new_app()
    with app.app_context():
        add_files(make_customer(world.actor("agent")).id, files=[d.upload()], actor=world.actor("agent"))
        root = Path(storage().root)
        found = [path for path in root.rglob("*") if path.is_file()]
    assert root == database.directory / "files"
    assert len(found) >= 1
    assert not any(stat.S_IMODE(path.stat().st_mode) & 0o077 for path in [root, *found])


def test_plat_10_storage_is_a_setting(tmp_path):
    assert read_settings({"KEPAN_DATA_DIR": str(tmp_path)}).files_url == f"file://{tmp_path}/files"
    settings = read_settings({"KEPAN_DATA_DIR": str(tmp_path), "KEPAN_FILES_SECRET": "very secret"})
    assert "very secret" not in repr(settings)
    for url in ("ftp://x/y", "memory://", "relative/path", "file://relative"):
        with pytest.raises(InsecureSettingsError):
            read_settings({"KEPAN_DATA_DIR": str(tmp_path), "KEPAN_FILES_URL": url})
