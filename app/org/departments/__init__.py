"""Companies and departments (ACC-1)."""
