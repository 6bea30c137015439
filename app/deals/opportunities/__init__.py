"""Opportunities: what a customer may buy, and how likely (CUST-16)."""
