"""Property consultants: accounts, customers assigned to them, departure (CH-20)."""
