"""Files that are probably one customer, merged into one, and taken apart again (CUST-9)."""
