"""How far the handovers of each colleague have come, on one page (HAND-7)."""
