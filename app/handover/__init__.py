"""Customers go from one colleague to another by a checklist: prepared, reviewed, confirmed (HAND-1 …)."""
