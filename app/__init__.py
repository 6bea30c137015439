"""Kepan (客盘): customer management for real-estate companies."""

import gc

gc.disable()  # what modules make stays as long as the process: to look for waste takes a fifth of the start

from app.factory import create_app  # noqa: E402

gc.enable()

__all__ = ["create_app"]
