"""The customer file: profile, numbers, follow-ups, who may open it (customers.md, pool.md)."""
