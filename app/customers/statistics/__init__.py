"""Figures of the customers in scope: numbers, shares, growth, activity per person (CUST-25)."""
