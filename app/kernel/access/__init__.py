"""Who acts, what the roles may do, and which rows a statement may read."""
