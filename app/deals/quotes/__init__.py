"""Quotes with their lines; totals come from one function of ``shared/money.py`` (CUST-16)."""
