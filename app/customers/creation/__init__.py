"""Creation of customers (POOL-1, POOL-2, CUST-1 … CUST-7)."""
