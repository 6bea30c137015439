"""Districts (ACC-1)."""
