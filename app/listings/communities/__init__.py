"""Communities: the estates and buildings in which listings lie (LST-1)."""
