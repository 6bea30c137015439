"""Batches of list rows with their refused rows, kept for trying again and for export (OFF-4)."""
