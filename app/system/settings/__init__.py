"""Changing settings in the browser (PLAT-7)."""
