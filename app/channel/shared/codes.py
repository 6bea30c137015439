"""Unguessable tokens and the QR pictures that carry them (CH-11, CH-28)."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING

import segno
from flask import current_app
from flask_babel import lazy_gettext as _

from app.kernel.files.downloads import file_answer

if TYPE_CHECKING:
    from flask import Response


NOT_OFFERED = _("Not one of the choices")
_TOKEN_BYTES = 24


def new_token() -> str:
    """Return an unguessable token for a QR (CH-11)."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


_SCALE = 8
_MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


def qr_picture(token: str, name: str, kind: str = "png") -> Response:
    """Send the QR of a token as a picture with the file name ``name``."""
    target = BytesIO()
    segno.make(qr_url(token), error="m").save(target, kind=kind, scale=_SCALE)
    content = target.getvalue()
    return file_answer([content], _MEDIA[kind], f"{name}.{kind}", size=len(content), inline=True)


def qr_url(token: str) -> str:
    """Return the address in a QR, which the phone's own scanner opens (CH-11)."""
    return f"{current_app.config['KEPAN'].base_url}m/q/{token}"
