"""Bank accounts of customers (CUST-12)."""
