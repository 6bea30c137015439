"""The public pool: customers that any colleague may take (POOL-2, POOL-20)."""
