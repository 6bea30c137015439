"""Changing dictionaries (PLAT-7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.kernel.database.cache import invalidate
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Denied, Invalid, NotFound, conflict
from app.kernel.settings.declarations import Setting, find_setting
from app.kernel.settings.dictionaries import CODE_LENGTH, TONES, DictionaryEntry, find_dictionary
from app.kernel.translation import N_
from app.system.dictionaries import policies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary


_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{CODE_LENGTH - 1}}}")
_MAX_POSITION = 9999


def find_or_404(name: str) -> Setting[Any]:
    """Return the dictionary of that name.

    :raises NotFound: when there is none.
    """
    setting = find_setting(name)
    if setting is None:
        raise NotFound
    return setting


@transactional
def add_entry(
    name: str,
    *,
    code: str,
    label_zh: str,
    label_en: str | None = None,
    tone: str | None = None,
    position: int | None = None,
    actor: Actor,
) -> DictionaryEntry:
    """Add an administrator's own entry to an editable dictionary (PLAT-7)."""
    dictionary = _editable(name)
    if not _CODE.fullmatch(code):
        raise Invalid(code=_("Small letters, digits and underscores, beginning with a letter"))
    lock(f"dictionary:{name}")
    if code in dictionary.labels or _stored(name, code) is not None:
        raise Denied(code_taken())
    _check_entry(dictionary, code, label_zh, label_en, tone, position)
    row = DictionaryEntry(
        dictionary=name,
        code=code,
        label_zh=label_zh,
        label_en=label_en,
        tone=tone,
        position=position,
        enabled=True,
    )
    db.session.add(row)
    db.session.flush()
    invalidate()
    _record(actor, "dictionary.add", row, N_("Entry “%(label)s” added to the dictionary %(dictionary)s"))
    return row


@transactional
def change_entry(
    name: str,
    code: str,
    *,
    label_zh: str | None,
    label_en: str | None,
    tone: str | None,
    position: int | None,
    enabled: bool,
    actor: Actor,
) -> DictionaryEntry:
    """Rename, recolour, move, disable or enable an entry (PLAT-7).

    Records keep its code; a disabled entry is no longer offered.
    """
    dictionary = _editable(name)
    if code not in dictionary:
        raise NotFound
    lock(f"dictionary:{name}")
    _check_entry(dictionary, code, label_zh, label_en, tone, position)
    row = _stored(name, code) or DictionaryEntry(dictionary=name, code=code, enabled=True)
    wanted = {
        "label_zh": label_zh, "label_en": label_en, "tone": tone, "position": position, "enabled": enabled,
    }  # fmt: skip
    differences = {
        key: (_text(getattr(row, key)), _text(value))
        for key, value in wanted.items()
        if getattr(row, key) != value
    }
    if not differences:
        return row
    for key, value in wanted.items():
        setattr(row, key, value)
    db.session.add(row)
    db.session.flush()
    invalidate()
    message = N_("Entry “%(label)s” of the dictionary %(dictionary)s changed")
    _record(actor, "dictionary.change", row, message, differences)
    return row


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def enable_entry(name: str, code: str, *, enabled: bool, actor: Actor) -> DictionaryEntry:
    """Offer an entry again, or stop offering it."""
    found = _editable(name).entries().get(code)
    if found is None:
        raise NotFound
    row = _stored(name, code)
    return change_entry(
        name,
        code,
        label_zh=found.label_zh,
        label_en=found.label_en,
        tone=row.tone if row else None,
        position=row.position if row else None,
        enabled=enabled,
        actor=actor,
    )


@transactional
def reset_entry(name: str, code: str, *, actor: Actor) -> DictionaryEntry:
    """Reset a declared entry to its declaration."""
    if code not in _editable(name).labels:
        raise NotFound
    return change_entry(
        name, code, label_zh=None, label_en=None, tone=None, position=None, enabled=True, actor=actor
    )


def _check_entry(
    dictionary: Dictionary,
    code: str,
    label_zh: str | None,
    label_en: str | None,
    tone: str | None,
    position: int | None,
) -> None:
    wrong: dict[str, Sentence] = {}
    if not label_zh and code not in dictionary.labels:
        wrong["label_zh"] = _("This field is required")
    if tone is not None and tone not in TONES:
        wrong["tone"] = _("Not one of the choices")
    if position is not None and not 0 <= position <= _MAX_POSITION:
        wrong["position"] = _("A number from %(low)s to %(high)s", low=0, high=_MAX_POSITION)
    others = [entry for entry in dictionary.entries().values() if entry.code != code]
    for language, label in (("zh", label_zh), ("en", label_en)):
        with force_locale(language):
            if label and any(entry.label == label for entry in others):
                wrong[f"label_{language}"] = _("Another entry has this name")
    if wrong:
        raise Invalid(**wrong)


def _editable(name: str) -> Dictionary:
    dictionary = find_dictionary(name)
    if dictionary is None or not dictionary.title:
        raise NotFound
    policies.can_edit_dictionary(dictionary).enforce()
    return dictionary


def _stored(name: str, code: str) -> DictionaryEntry | None:
    statement = select(DictionaryEntry).where(
        DictionaryEntry.dictionary == name, DictionaryEntry.code == code
    )
    return db.session.scalar(statement)


def _record(
    actor: Actor,
    operation: str,
    row: DictionaryEntry,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    with force_locale(audit.STORED_LANGUAGE):
        dictionary = _editable(row.dictionary)
        title, label = str(dictionary.title), dictionary.label(row.code)
    audit.record(actor, operation, row, message, differences, label=label, dictionary=title)


def code_taken() -> Decision:
    """Refuse a code that is taken."""
    return conflict("dictionary.code_taken", _("There is an entry with this code"), field="code")
