"""Contracts: drawn up, signed within the customer's credit, ended or voided (CUST-16, CUST-18)."""
