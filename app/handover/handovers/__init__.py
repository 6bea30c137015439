"""Handovers of personal customers: checklist, stages, what keeps the customer meanwhile (HAND-1 … 9)."""
