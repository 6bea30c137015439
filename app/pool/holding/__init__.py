"""Customers held privately, released, and given to a handler (POOL-12 … POOL-14)."""
