"""Homes for sale and rent, matched with what customers look for (LST-0 … LST-4)."""
