"""Which listings fit a customer and why, in both directions, and what became of each pair (LST-3, LST-4)."""
