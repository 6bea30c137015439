"""Tags and categories as customers carry them: their tables, and their names in memory (CUST-23, CUST-24)."""
