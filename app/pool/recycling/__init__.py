"""Recycling: customers that their owners leave alone go into the public pool (POOL-19)."""
