"""ACC-9: keys are in a private file outside the database, created once, and read again after a rotation."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.kernel.database.session import db
from app.kernel.fields.phones import read_phone
from app.kernel.keys import FILE_NAME, KeyRing, make_keys, new_cipher, read_keys, replace_keys


def test_acc_9_only_the_owner_reads_the_file(tmp_path):
    assert make_keys(tmp_path / "new")
    file = tmp_path / "new" / FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_acc_9_keys_are_made_once(tmp_path):
    assert make_keys(tmp_path)
    first = read_keys(tmp_path)
    assert not make_keys(tmp_path)
    assert read_keys(tmp_path) == first


def test_acc_9_every_installation_and_purpose_has_its_own_keys(tmp_path):
    for name in ("one", "two"):
        make_keys(tmp_path / name)
    one, two = read_keys(tmp_path / "one"), read_keys(tmp_path / "two")
    every = [*one.ciphers, *two.ciphers]
    every += [k for ks in (one, two) for k in (ks.index_key, ks.audit_key, ks.session_key)]
    assert len(set(every)) == 8
    assert all(len(key) >= 43 for key in every), "256 bits each"


def _start_at_once(directory, processes=8):
    """Return for each process whether it created the keys, or the error that its start ended with."""
    gate, outcomes = Barrier(processes), []

    def start():
        gate.wait(30)
        try:
            outcomes.append(make_keys(directory))
            read_keys(directory)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed start
            outcomes.append(error)

    threads = [Thread(target=start) for _ in range(processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_acc_9_processes_that_start_at_once_agree_on_the_keys(tmp_path):
    for number in range(20):
        outcomes = _start_at_once(tmp_path / str(number))
        assert sorted(outcomes, key=str) == [False] * 7 + [True]
        assert [file.name for file in (tmp_path / str(number)).iterdir()] == [FILE_NAME]


def test_acc_9_a_missing_key_file_is_reported_and_not_replaced(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_keys(tmp_path)
    assert not (tmp_path / FILE_NAME).exists()


def test_acc_9_older_numbers_stay_readable_after_a_rotation(bare, tmp_path):
    number = read_phone("13800001234")
    make_keys(tmp_path)
    ring = KeyRing(tmp_path)
    before = ring.present()
    sealed = before.fernet.encrypt(b"13800001234")
    replace_keys(tmp_path, replace(before, ciphers=(new_cipher(), *before.ciphers)))
    after = ring.present()
    assert after.ciphers[1:] == before.ciphers
    assert after.fernet.decrypt(sealed) == b"13800001234"
    assert after.index("x") == before.index("x")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert number.reveal() == "13800001234"


def test_acc_9_no_key_is_in_the_database(world, database):
    secrets = json.loads((database.directory / FILE_NAME).read_text(encoding="utf-8"))
    words = [*secrets["ciphers"], secrets["index_key"], secrets["audit_key"], secrets["session_key"]]
    for table in ("setting", "ab_user", "operation_log"):
        rows = db.session.execute(text(f"SELECT * FROM {table}")).all()
        assert not [word for word in words if word in repr(rows)], table
