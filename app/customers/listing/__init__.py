"""What the list of customers is searched, ordered and exported by (CUST-13)."""
