"""Walk-in visitors (CH-15, CH-28)."""
