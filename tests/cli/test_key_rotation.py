"""ACC-9: a command rotates the cipher key; every number can be read at every moment."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from threading import Event, Thread

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, text

from app.cli import key_rotation as rotation
from app.cli.commands import rotate_keys_command
from app.cli.doctor import check_installation
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import Model, db
from app.kernel.keys import FILE_NAME, read_keys
from app.org.sessions.signin import check_second_factor
from tests.support.make import make_customer
from tests.support.people.accounts import Authenticator, account, later
from tests.support.sources import ROOT
from tests.support.web.clients import ApiClient

pytestmark = pytest.mark.both

CUSTOMERS = 12


@pytest.fixture
def keys_kept(database):
    """Restore the template's key file after the test."""
    path = database.directory / FILE_NAME
    before = path.read_text(encoding="utf-8")
    yield path
    path.write_text(before, encoding="utf-8")


@pytest.fixture
def numbers(world, keys_kept):
    """Return the full numbers by customer, as they were typed."""
    made = {}
    for row in range(CUSTOMERS):
        number = f"1380000{row:04d}"
        made[make_customer(world.actor("agent"), phone=number).id] = number
    db.session.commit()
    return made


def _stored() -> dict[int, str]:
    """Return every number, decrypted with the present key file."""
    db.session.rollback()
    with unscoped("test: can every number be read?"):
        rows = db.session.execute(
            select(Customer.id, Customer.phone).where(Customer.phone_index.is_not(None))
        )
        found = {pk: phone.reveal() for pk, phone in rows}
    db.session.commit()
    return found


def _ciphers() -> list[str]:
    found = list(db.session.execute(text("SELECT phone_cipher FROM customer ORDER BY id")).scalars())
    db.session.commit()
    return found


def test_acc_9_every_number_and_secret_gets_a_new_key_and_the_old_one_is_removed(
    app, database, world, numbers
):
    phone = Authenticator("agent")
    directory, old, before = database.directory, read_keys(database.directory), _ciphers()
    result = app.test_cli_runner().invoke(rotate_keys_command, ["--batch", "5"])
    assert result.exit_code == 0, result.output
    assert "customer: 5 seen, 5 re-encrypted" in result.output
    assert f"customer: {CUSTOMERS} seen, {CUSTOMERS} re-encrypted" in result.output
    new = read_keys(directory)
    assert len(new.ciphers) == 1
    assert new.ciphers != old.ciphers
    assert (new.index_key, new.audit_key, new.session_key) == (old.index_key, old.audit_key, old.session_key)
    assert stat.S_IMODE((directory / FILE_NAME).stat().st_mode) == 0o600
    assert not set(before) & set(_ciphers())
    for cipher in _ciphers():
        with pytest.raises(InvalidToken):
            old.fernet.decrypt(cipher.encode())
    assert _stored() == numbers, "the running process reads on with the changed file"
    with later(seconds=30):
        assert check_second_factor(account("agent"), phone.code())


def test_acc_9_look_ups_and_uniqueness_stay(app, world, numbers):
    app.test_cli_runner().invoke(rotate_keys_command)
    pk, number = next(iter(numbers.items()))
    client = ApiClient(app, "agent")
    assert [row["id"] for row in client.get("/customers", phone=number).get_json()["items"]] == [pk]
    body = {"pool": "personal", "kind": "individual", "name": "重复", "phone": number}
    assert client.post("/customers", body).status_code == 409
    assert client.post(f"/customers/{pk}/reveal-phone", {"purpose": "回访"}).get_json()["phone"] == number


class _StopError(Exception):
    """The rotation is interrupted here."""


def _cut(monkeypatch, name: str, at: int) -> None:
    """Raise at the n-th call of one of the rotation's steps, before it does anything."""
    real, calls = getattr(rotation, name), []

    def step(*args, **kwargs):
        calls.append(1)
        if len(calls) == at:
            raise _StopError
        return real(*args, **kwargs)

    monkeypatch.setattr(rotation, name, step)


@pytest.mark.parametrize(
    ("step", "at"),
    [
        ("_with_new_cipher", 1),
        ("_renew_all", 1),
        ("_renew_rows", 1),
        ("_renew_rows", 3),
        ("_wait_for_older_work", 1),
        ("_renew_all", 2),
        ("_drop_old_ciphers", 1),
        ("replace_keys", 1),
        ("replace_keys", 2),
    ],
)
def test_acc_9_interrupted_anywhere_every_number_can_be_read_and_a_second_run_finishes(
    database, world, numbers, monkeypatch, step, at
):
    old = read_keys(database.directory)
    with monkeypatch.context() as patched:
        _cut(patched, step, at)
        with pytest.raises(_StopError):
            list(rotation.rotate(batch=4))
    assert _stored() == numbers
    made = read_keys(database.directory).ciphers
    assert make_customer(world.actor("agent"), phone="13911112222").phone.reveal() == "13911112222"
    list(rotation.rotate(batch=4))
    assert set(numbers.items()) < set(_stored().items())
    now = read_keys(database.directory).ciphers
    assert len(now) == 1
    assert now != old.ciphers
    if len(made) > 1:
        assert now[0] == made[0], "the interrupted rotation's own key is used"


def _command(database, *arguments: str) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "KEPAN_DATA_DIR": str(database.directory),
        "KEPAN_DATABASE_URL": database.url,
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "kepan", "rotate-keys", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


@pytest.mark.process
@pytest.mark.slow
def test_acc_9_killed_in_the_middle_every_number_can_be_read(database, world, numbers):
    process = _command(database, "--batch", "1")
    assert process.stdout.readline().startswith("key_fingerprint: ")
    for _line in range(CUSTOMERS // 2):
        assert process.stdout.readline().startswith(("customer: ", "record_key: "))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert _stored() == numbers
    assert len(read_keys(database.directory).ciphers) == 2
    list(rotation.rotate())
    assert len(read_keys(database.directory).ciphers) == 1
    assert _stored() == numbers


def test_acc_9_people_go_on_writing_while_the_key_is_rotated(app, database, world, numbers):
    stop, made, agent = Event(), {}, world.actor("agent2")

    def write() -> None:
        with app.app_context():
            row = 0
            while not stop.is_set():
                number = f"1590000{row:04d}"
                made[make_customer(agent, phone=number).id] = number
                row += 1

    writer = Thread(target=write)
    writer.start()
    for _round in range(3):
        list(rotation.rotate(batch=2))
    stop.set()
    writer.join()
    assert made
    assert _stored() == {**numbers, **made}
    newest = Fernet(read_keys(database.directory).ciphers[0])
    assert len([newest.decrypt(cipher.encode()) for cipher in _ciphers()]) == len(numbers) + len(made)


def test_acc_9_work_that_began_before_is_waited_for(app, database, world, numbers, monkeypatch):
    """PostgreSQL: a transaction that read the old key may still write with it; until then the old
    key stays.
    """
    if database.backend == "sqlite":
        with database.app.app_context():
            assert rotation._wait_for_older_work() is None
        return
    monkeypatch.setattr(rotation, "_PATIENCE", 0.5)
    engine = db.engine
    with engine.connect() as busy:
        busy.execute(text("SELECT 1"))
        result = app.test_cli_runner().invoke(rotate_keys_command)
        assert result.exit_code == 1
        assert "run the command again" in result.output
        assert len(read_keys(database.directory).ciphers) == 2
        assert _stored() == numbers
    assert any(f.subject == "keys" and f.level == "warning" for f in check_installation())
    db.session.commit()
    assert app.test_cli_runner().invoke(rotate_keys_command).exit_code == 0
    assert len(read_keys(database.directory).ciphers) == 1


def test_acc_9_on_several_machines_the_old_keys_can_be_kept_at_first(app, database, world, numbers):
    assert app.test_cli_runner().invoke(rotate_keys_command, ["--keep-old"]).exit_code == 0
    kept = read_keys(database.directory)
    assert len(kept.ciphers) == 2
    newest = Fernet(kept.ciphers[0])
    assert all(newest.decrypt(cipher.encode()) for cipher in _ciphers())
    assert app.test_cli_runner().invoke(rotate_keys_command).exit_code == 0
    assert read_keys(database.directory).ciphers == kept.ciphers[:1]


def test_acc_9_every_encrypted_column_is_known_to_the_rotation(app):
    named = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if "cipher" in column.name
    }
    known = {f"{column.table.name}.{column.name}" for column in rotation.encrypted_columns()}
    assert known == named
    assert {"customer.phone_cipher", "ab_user.totp_cipher"} <= known


def test_acc_9_the_key_file_is_replaced_whole(database, keys_kept):
    content = json.loads(keys_kept.read_text(encoding="utf-8"))
    assert set(content) == {"ciphers", "index_key", "audit_key", "session_key"}
    assert not keys_kept.with_name(f"{FILE_NAME}.new").exists()
