"""Column types and constraints that the tables of all contexts share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Integer, String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Dialect


# SQLite autoincrements only plain INTEGER keys.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC.  Naive values are a programming error and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "naive datetime; use kernel.clock"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Codes(tuple[str, ...]):
    """Several codes of one dictionary, in its order; never empty."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return them with commas between, as they are stored and logged."""
        return ",".join(self)


class CodeSet(TypeDecorator[Codes]):
    """Several codes in one column; NULL for none."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Codes | None, _dialect: Dialect) -> str | None:
        return ",".join(value) if value else None

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Codes | None:
        return Codes(value.split(",")) if value else None


def code_type(length: int = 24) -> String:
    """Column type of a short code (an enumeration's value, a dictionary's code)."""
    return String(length)


def prefixes(column: str) -> dict[str, str]:
    """Return ``postgresql_ops`` of an index that finds beginnings of a text (``filters.starting``)."""
    return {column: "text_pattern_ops"}


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return a check that ``column`` holds one of the codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
