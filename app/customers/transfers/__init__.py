"""Transfers of personal customers to another owner (CUST-21)."""
