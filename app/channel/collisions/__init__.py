"""Two brokers claim one customer: collisions and rebinding (CH-18, CH-19, CH-23)."""
