"""Kepan (客盘): customer management for real-estate companies."""

from app.factory import create_app

__all__ = ["create_app"]
