"""Approvals: requests that change a customer once those asked have agreed (APP-1 … APP-9)."""
