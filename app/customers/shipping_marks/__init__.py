"""Shipping marks of customers (CUST-12)."""
