"""Roles: names, permissions, data scopes (ACC-4, ACC-7)."""
