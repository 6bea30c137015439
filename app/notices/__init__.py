"""Notifications and to-dos.  Every context may use it."""
