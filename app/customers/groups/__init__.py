"""Groups of customers that belong together (CUST-3)."""
