"""PLAT-16: catalogues are compiled at start where missing or older than their source."""

from __future__ import annotations

import gettext
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.kernel.translation import SOURCE, compile_catalogues


@pytest.fixture
def source(tmp_path):
    """Return a copy of the catalogues with modification times of its own."""
    target = tmp_path / "source"
    shutil.copytree(SOURCE, target)
    for file in target.rglob("*.po"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return target


def _translate(directory, sentence):
    file = directory / "zh" / "LC_MESSAGES" / "messages.mo"
    with file.open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(sentence)


def test_plat_16_a_start_makes_chinese_available(source, tmp_path):
    assert "zh" in compile_catalogues(tmp_path / "out", source)
    assert _translate(tmp_path / "out", "Please sign in") == "请先登录"
    assert not list((tmp_path / "out").rglob("*.tmp"))


def test_plat_16_a_second_start_compiles_nothing(source, tmp_path):
    compile_catalogues(tmp_path / "out", source)
    assert compile_catalogues(tmp_path / "out", source) == []


def test_plat_16_several_starts_at_once_do_not_disturb_each_other(source, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(compile_catalogues, tmp_path / "out", source) for _start in range(4)]
    assert all(one.exception() is None for one in done)
    assert _translate(tmp_path / "out", "Please sign in") == "请先登录"
    assert not list((tmp_path / "out").rglob("*.tmp"))


def test_plat_16_an_upgraded_catalogue_is_compiled_again(source, tmp_path):
    compile_catalogues(tmp_path / "out", source)
    text = source / "zh" / "LC_MESSAGES" / "messages.po"
    old = 'msgid "Please sign in"\nmsgstr "请先登录"'
    content = text.read_text(encoding="utf-8")
    assert content.count(old) == 1
    text.write_text(content.replace(old, old.replace("请先登录", "请登录")), encoding="utf-8")
    later = (tmp_path / "out" / "zh" / "LC_MESSAGES" / "messages.mo").stat().st_mtime + 5
    os.utime(text, (later, later))
    assert compile_catalogues(tmp_path / "out", source) == ["zh"]
    assert _translate(tmp_path / "out", "Please sign in") == "请登录"


def test_plat_16_the_program_writes_only_below_the_data_directory(source, tmp_path):
    before = sorted(source.rglob("*"))
    compile_catalogues(tmp_path / "out", source)
    assert sorted(source.rglob("*")) == before
