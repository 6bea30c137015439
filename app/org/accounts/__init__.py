"""Login accounts and their passwords (ACC-2, ACC-12, ACC-13)."""
