"""Contacts of customers: their data, numbers and birthdays (CUST-11, CUST-29)."""
