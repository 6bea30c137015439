"""Clocks of pending and privately held customers (POOL-24)."""
