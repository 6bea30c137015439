"""Scanning a viewing QR on site (CH-13 … CH-16)."""
