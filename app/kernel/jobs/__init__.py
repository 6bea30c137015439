"""What the clock does, by one runner among all processes."""
