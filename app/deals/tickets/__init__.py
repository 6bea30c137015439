"""Service tickets of customers (CUST-16)."""
