"""Typed settings that an administrator may change (PLAT-7): declared in code, stored by name.

A context declares its settings beside the rule that reads them, and the checks before a change; reading costs
no statement once the process has the current version (``app.kernel.database.cache``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.cache import CachedValue, invalidate
from app.kernel.database.columns import BigId
from app.kernel.database.session import Model, db
from app.kernel.errors import Denied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence


T = TypeVar("T", int, str, bool, tuple[int, ...])
MAX_TEXT = 500


class SettingValue(Model):
    """A setting that was changed; without a value it has its default again."""

    __tablename__ = "setting"
    __audit__ = "setting"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), nullable=False, unique=True)
    value: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class SettingGroup:
    """Settings shown together on the page."""

    key: str
    label: Sentence
    order: int = 100


GENERAL = SettingGroup("general", _("General"), 900)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: its default determines its type; ``choices`` (value → label) or the bounds limit it.

    A tuple of whole numbers is a list; each number must be within the bounds, and it is stored once each, the
    largest first.  A text with ``names`` lists names with commas between; ``names()`` returns those on offer,
    with their labels.  ``check(value)`` returns the error of a value of the right type, or an empty text.
    """

    name: str
    default: T
    label: Sentence
    help: Sentence = ""
    choices: Mapping[T, Sentence] | None = None
    names: Callable[[], list[tuple[str, str]]] | None = None
    minimum: int | None = None
    maximum: int | None = None
    group: SettingGroup = GENERAL
    unit: Sentence = ""
    check: Callable[[T], Sentence] | None = None
    family_label: Sentence = ""

    def get(self) -> T:
        """Return the value in force, from the process's memory; :meth:`read` is for rules that must not be
        late.
        """
        return self._usable(_cached.get().get(self.name))

    def read(self) -> T:
        """Return the value in force, read within the caller's transaction."""
        stored = db.session.scalar(select(SettingValue.value).where(SettingValue.name == self.name))
        return self._usable(None if stored is None else json.loads(stored))

    def _usable(self, stored: Any) -> T:
        """Return the stored value, or None when this version of the code no longer accepts it."""
        value = self.from_json(stored)
        usable: T = self.default if value is None or not self.accepts(value) else value
        return usable

    def from_json(self, value: Any) -> Any:
        """Return a value read from JSON: a list of numbers becomes a tuple."""
        return tuple(value) if self.is_list and isinstance(value, list) else value

    @property
    def is_list(self) -> bool:
        """True for a list of whole numbers."""
        default: Any = self.default
        return isinstance(default, tuple)

    def accepts(self, value: Any) -> bool:
        """Return True when the value has the right type and is within the limits."""
        if self.is_list:
            return self._accepts_list(value)
        if type(value) is not type(self.default) or (self.choices and value not in self.choices):
            return False
        return self._is_within(value) and not (self.check and self.check(value))

    def _accepts_list(self, value: Any) -> bool:
        if type(value) is not tuple or not all(type(one) is int for one in value):
            return False
        is_in_order = value == tuple(sorted(set(value), reverse=True))
        return is_in_order and all(self._is_within(one) for one in value)

    def _is_within(self, value: Any) -> bool:
        if isinstance(value, str):
            return len(value) <= MAX_TEXT
        low = self.minimum is None or value >= self.minimum
        return low and (self.maximum is None or value <= self.maximum)

    def show(self, value: T) -> str:
        """Return a value as people read it."""
        if self.choices and value in self.choices:
            return str(self.choices[value])
        shown: Any = value
        if isinstance(shown, bool):
            return str(_("Yes") if shown else _("No"))
        return ", ".join(map(str, shown)) if isinstance(shown, tuple) else str(shown)

    def store(self, value: T) -> SettingValue:
        """Write the value in the caller's transaction; the default clears it.

        :raises ValueError: when it is not acceptable.
        """
        if not self.accepts(value):
            raise ValueError(self.name)
        row = db.session.scalar(select(SettingValue).where(SettingValue.name == self.name))
        if row is None:
            row = SettingValue(name=self.name)
            db.session.add(row)
        row.value = None if value == self.default else json.dumps(value, ensure_ascii=False)
        db.session.flush()
        invalidate()
        return row


def _load() -> dict[str, Any]:
    rows = db.session.execute(select(SettingValue.name, SettingValue.value))
    return {name: json.loads(value) for name, value in rows if value is not None}


_cached: CachedValue[dict[str, Any]] = CachedValue(_load)


@dataclass(frozen=True)
class SettingFamily(Generic[T]):
    """The same setting for each of several keys, such as a quota for each role.

    ``keys()`` returns the current keys: key → label.
    """

    name: str
    default: T
    label: Sentence
    keys: Callable[[], Mapping[str, Sentence]]
    help: Sentence = ""
    minimum: int | None = None
    maximum: int | None = None
    group: SettingGroup = GENERAL
    unit: Sentence = ""

    def of(self, key: str, label: Sentence = "") -> Setting[T]:
        """Return the setting of one key."""
        return Setting(
            f"{self.name}.{key}",
            self.default,
            label or key,
            minimum=self.minimum,
            maximum=self.maximum,
            group=self.group,
            unit=self.unit,
            family_label=self.label,
        )

    def members(self) -> list[Setting[T]]:
        """Return the settings of all keys."""
        return [self.of(key, label) for key, label in self.keys().items()]


_declared: dict[str, Setting[Any]] = {}
_families: dict[str, SettingFamily[Any]] = {}
_before: dict[str, list[Callable[[Any, Any, Actor], None]]] = {}


def declare_settings(*modules: ModuleType) -> None:
    """Register the settings and families that these modules define, so that pages find them."""
    for module in modules:
        for found in vars(module).values():
            if isinstance(found, Setting):
                _declared[found.name] = found
            elif isinstance(found, SettingFamily):
                _families[found.name] = found


def declared_settings() -> dict[str, Setting[Any]]:
    """Return all settings by name, except those of families."""
    return dict(_declared)


def declared_families() -> list[SettingFamily[Any]]:
    """Return all families."""
    return [*_families.values()]


def find_setting(name: str) -> Setting[Any] | None:
    """Return the setting of that name, if it exists now."""
    if name in _declared:
        return _declared[name]
    family, _dot, key = name.partition(".")
    known = _families[family].keys() if family in _families else {}
    return _families[family].of(key, known[key]) if key in known else None


def before_change(setting: Setting[T], hook: Callable[[T, T, Actor], None]) -> None:
    """Register a hook before a change: ``hook(before, after, actor)`` in the change's transaction.

    It refuses by raising ``Denied``, and adapts stored records to the new value.
    """
    hooks = _before.setdefault(setting.name, [])
    if hook not in hooks:
        hooks.append(hook)


def prepare_change(setting: Setting[T], before: T, after: T, actor: Actor) -> None:
    """Call all hooks of the setting.

    :raises Denied: when a hook refuses, under the setting's name; its details may list ``obstacles``.
    """
    try:
        for hook in _before.get(setting.name, ()):
            hook(before, after, actor)
    except Denied as error:
        raise Denied(replace(error.decision, field=setting.name)) from error


_switches: dict[str, Setting[bool]] = {}


def register_switch(setting: Setting[bool], functions: type[Permission]) -> None:
    """Declare that the setting switches the functions of a resource on and off."""
    _switches[functions.resource] = setting


def without_disabled(permissions: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return the permissions that are not switched off."""
    off = {resource for resource, setting in _switches.items() if not setting.get()}
    return frozenset(pair for pair in permissions if pair[1] not in off)
