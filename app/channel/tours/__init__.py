"""Tours with a consultant and what follows them (CH-21)."""
