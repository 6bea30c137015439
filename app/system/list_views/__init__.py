"""Filters that a user saves by name (CUST-13)."""
