"""Import of customers from tables (CUST-26): mapped, tried out, written in one transaction, undone."""
