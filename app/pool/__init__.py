"""The customer pool: shelving, privatizing, assigning, pushing (pool.md)."""
