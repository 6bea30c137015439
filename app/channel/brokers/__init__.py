"""Brokers and company on-sites: registration, review, profiles (CH-2 … CH-6)."""
