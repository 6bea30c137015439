"""Changing dictionaries in the browser (PLAT-7)."""
