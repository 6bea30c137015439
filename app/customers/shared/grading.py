"""The grade, which is computed and never typed (CUST-10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, literal

from app.customers.shared.settings import A_REVENUE, A_YEARS, B_REVENUE, B_YEARS, C_REVENUE


class Thresholds(NamedTuple):
    """From which yearly revenue (CNY) and years of cooperation a customer has a grade."""

    a_revenue: Decimal = Decimal(1_000_000)
    a_years: Decimal = Decimal(3)
    b_revenue: Decimal = Decimal(500_000)
    b_years: Decimal = Decimal(1)
    c_revenue: Decimal = Decimal(100_000)


THRESHOLDS = (A_REVENUE, A_YEARS, B_REVENUE, B_YEARS, C_REVENUE)  # in the order of the fields above


def thresholds() -> Thresholds:
    """Return the thresholds in force."""
    return Thresholds(*(Decimal(one.get()) for one in THRESHOLDS))


def grade_of(
    annual_revenue: Decimal | None,
    cooperation_years: Decimal | None,
    deal_status: str,
    limits: Thresholds | None = None,
) -> str:
    """Return the grade from yearly revenue (CNY), years of cooperation and deal status."""
    revenue, years = annual_revenue or Decimal(0), cooperation_years or Decimal(0)
    if deal_status == "potential":
        return "D"
    limits = limits or thresholds()
    if revenue > limits.a_revenue and years > limits.a_years:
        return "A"
    if revenue >= limits.b_revenue and years >= limits.b_years:
        return "B"
    return "C" if revenue >= limits.c_revenue else "D"


def grade_case(columns: Any, limits: Thresholds) -> Any:
    """Return :func:`grade_of` as a column, for many customers at once."""
    revenue, years = func.coalesce(columns.annual_revenue, 0), func.coalesce(columns.cooperation_years, 0)
    return case(
        (columns.deal_status == "potential", literal("D")),
        (and_(revenue > limits.a_revenue, years > limits.a_years), literal("A")),
        (and_(revenue >= limits.b_revenue, years >= limits.b_years), literal("B")),
        (revenue >= limits.c_revenue, literal("C")),
        else_=literal("D"),
    )
