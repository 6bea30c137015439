"""Credit of customers: limits by currency, and the check of what raises the exposure (CUST-17, CUST-18)."""
