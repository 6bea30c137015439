"""Messages that leave the system (PLAT-2)."""
