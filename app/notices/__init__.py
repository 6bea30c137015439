"""Notifications and to-dos.  Everybody may call it."""
