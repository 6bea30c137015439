"""Listings: one home for sale or rent, kept by its maintaining agent (LST-0, LST-1)."""
