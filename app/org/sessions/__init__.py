"""Signing in, sessions, codes by SMS, the second factor (ACC-12, ACC-18)."""
