"""Customers pushed to colleagues (POOL-16, POOL-17)."""
