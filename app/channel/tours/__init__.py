"""Tours with a consultant and their follow-ups (CH-21)."""
