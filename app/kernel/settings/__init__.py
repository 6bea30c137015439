"""Typed settings and dictionaries that an administrator may change."""
