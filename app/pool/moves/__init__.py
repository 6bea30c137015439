"""Staff who move to another department, and their customers (POOL-22)."""
