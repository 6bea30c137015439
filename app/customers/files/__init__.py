"""Files of customers and of follow-ups (CUST-2, PLAT-10)."""
