"""Changing settings (PLAT-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import STALE, Decision, Denied, Invalid
from app.kernel.settings.declarations import Setting, prepare_change
from app.kernel.translation import N_
from app.system.dictionaries.services import find_or_404

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


@transactional
def change_settings(changes: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> int:
    """Change several settings together or none: name → (value that was shown, new value).

    Return the number of changed settings.

    :raises Invalid: with a sentence for each value that is not acceptable.
    """
    wrong = {name: problem for name, (_seen, value) in changes.items() if (problem := _problem(name, value))}
    if wrong:
        raise Invalid(**wrong)
    return sum(
        change_setting(name, value=value, seen=seen, actor=actor) for name, (seen, value) in changes.items()
    )


@transactional
def change_setting(name: str, *, value: Any, seen: Any = None, actor: Actor) -> bool:
    """Change a setting (PLAT-7); the log has both values.  Return True when it differs.

    ``seen`` is the value that the user saw: another user's change in between is not overwritten unseen.

    :raises Invalid: when the value is not acceptable.
    :raises Denied: when stored records prevent it, or another user was faster (412).
    """
    setting = find_or_404(name)
    problem = _problem(name, value)
    if problem:
        raise Invalid(**{name: problem})
    lock(f"setting:{name}")
    before = setting.read()
    if before == value:
        return False
    if seen is not None and seen != before:
        raise Denied(_changed_meanwhile(setting, before))
    prepare_change(setting, before, value, actor)
    row = setting.store(value)
    with force_locale(audit.STORED_LANGUAGE):
        label = _full_label(setting)
        texts = setting.show(before), setting.show(value)
    message = N_("Setting “%(name)s” changed from “%(before)s” to “%(after)s”")
    differences = {label: texts}
    audit.record(
        actor, "setting.change", row, message, differences, name=label, before=texts[0], after=texts[1]
    )
    return True


def reset_setting(name: str, *, actor: Actor) -> bool:
    """Reset a setting to its default; the same hooks run before it as before any change."""
    return change_setting(name, value=find_or_404(name).default, actor=actor)


def _problem(name: str, value: Any) -> Sentence:
    """Return the error of a value, in words; empty when it is acceptable."""
    setting = find_or_404(name)
    if setting.accepts(value):
        return ""
    if setting.check and type(value) is type(setting.default) and setting.check(value):
        return setting.check(value)
    if type(setting.default) is int and setting.minimum is not None and setting.maximum is not None:
        return _("A number from %(low)s to %(high)s", low=setting.minimum, high=setting.maximum)
    return _("Not an acceptable value")


def _full_label(setting: Setting[Any]) -> str:
    """Return the label, for a family's member with the family's."""
    family = setting.family_label
    return f"{family} · {setting.label}" if family else str(setting.label)


def _changed_meanwhile(setting: Setting[Any], value: Any) -> Decision:
    return Decision(
        allowed=False,
        code="setting.stale",
        message=_("Somebody else set this to “%(value)s” in the meantime", value=setting.show(value)),
        status=STALE,
        field=setting.name,
    )
