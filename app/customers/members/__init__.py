"""The team of a customer (CUST-3)."""
