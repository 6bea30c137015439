"""The customer file: profile, numbers, follow-ups, access (customers.md, pool.md)."""
