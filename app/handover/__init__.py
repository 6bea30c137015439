"""Customers go from one colleague to another by a checklist that people prepare, review and confirm (HAND-1 …)."""
