"""Customers' numbers: revealing, changing, and the budget of lookups (ACC-10, ACC-17, POOL-4, POOL-6)."""
