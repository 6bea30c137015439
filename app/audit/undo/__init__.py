"""Undo: who has just done something harmless takes it back within 30 seconds (OFF-3)."""
