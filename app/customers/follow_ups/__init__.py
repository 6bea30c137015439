"""Follow-ups (POOL-18)."""
