"""Quotes with their lines; totals come from one function of ``app/deals/shared/money.py`` (CUST-16)."""
