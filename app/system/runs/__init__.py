"""Long work in the background and its files (PLAT-5)."""
