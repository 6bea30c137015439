"""Handovers of personal customers: checklist, stages, and what becomes of them with the customer (HAND-1 … 9)."""
