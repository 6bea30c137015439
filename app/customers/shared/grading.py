"""The grade, which is computed and never typed (CUST-10)."""

from __future__ import annotations

from decimal import Decimal

A_REVENUE, B_REVENUE, C_REVENUE = Decimal(1_000_000), Decimal(500_000), Decimal(100_000)
A_YEARS, B_YEARS = Decimal(3), Decimal(1)


def grade_of(annual_revenue: Decimal | None, cooperation_years: Decimal | None, deal_status: str) -> str:
    """Return the grade from yearly revenue (CNY), years of cooperation and deal status."""
    revenue, years = annual_revenue or Decimal(0), cooperation_years or Decimal(0)
    if deal_status == "potential":
        return "D"
    if revenue > A_REVENUE and years > A_YEARS:
        return "A"
    if revenue >= B_REVENUE and years >= B_YEARS:
        return "B"
    return "C" if revenue >= C_REVENUE else "D"
