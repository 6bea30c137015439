"""Tags: the words, and putting them on customers and taking them off (CUST-23)."""
