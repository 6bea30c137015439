"""Typed settings that an administrator may change (PLAT-7): declared in code, stored by name.

A context declares its settings beside the rule that reads them; reading costs no statement once the
process has seen the present version of the organisation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, db

if TYPE_CHECKING:
    from app.kernel.errors import Sentence

T = TypeVar("T", int, str, bool)


class SettingValue(Model):
    """A setting that differs from its default."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text, nullable=False)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: its default gives its type; ``choices`` or the bounds limit it."""

    name: str
    default: T
    label: Sentence
    help: Sentence = ""
    choices: tuple[T, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def get(self) -> T:
        """The value in force, read within the caller's transaction."""
        stored = db.session.scalar(select(SettingValue.value).where(SettingValue.name == self.name))
        value: T = self.default if stored is None else json.loads(stored)
        return value

    def accepts(self, value: Any) -> bool:
        """True when the value has the right type and lies within the limits."""
        if type(value) is not type(self.default):
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, str):
            return True
        low = self.minimum is None or value >= self.minimum
        return low and (self.maximum is None or value <= self.maximum)

    def store(self, value: T) -> None:
        """Write the value in the caller's transaction.

        :raises ValueError: when it is not acceptable.
        """
        if not self.accepts(value):
            raise ValueError(self.name)
        db.session.merge(SettingValue(name=self.name, value=json.dumps(value)))


_declared: dict[str, Setting[Any]] = {}


def declare(setting: Setting[T]) -> Setting[T]:
    """Register a setting so that pages and ``doctor`` find it."""
    _declared[setting.name] = setting
    return setting


def declared_settings() -> dict[str, Setting[Any]]:
    """All settings by name."""
    return dict(_declared)
