"""The channel ranking (CH-26)."""
