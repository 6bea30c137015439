"""Filters that a person keeps by name (CUST-13)."""
