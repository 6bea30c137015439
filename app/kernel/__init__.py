"""What every context stands on.  No business word lives here."""
