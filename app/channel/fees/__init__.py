"""Viewing fees (CH-25)."""
