"""Jobs in the browser, and the platform's own (PLAT-4)."""
