"""Customers off the shelf and on it again (POOL-7 … POOL-11)."""
