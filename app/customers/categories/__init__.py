"""Categories of customers: a tree with terms that customers inherit (CUST-24)."""
