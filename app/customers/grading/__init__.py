"""Grading all customers anew after a change of the thresholds (CUST-10)."""
