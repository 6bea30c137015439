"""Payments: instalments of contracts, and receipts of what came in (CUST-16)."""
