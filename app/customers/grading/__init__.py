"""Regrading of all customers after a change of the thresholds (CUST-10)."""
