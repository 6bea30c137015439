"""QR codes as pictures: what on-site staff scan (CH-11, CH-28)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import segno
from flask_babel import lazy_gettext as _

from app.channel.records import qr_url
from app.kernel.errors import conflict
from app.kernel.files.downloads import file_answer

if TYPE_CHECKING:
    from flask import Response

    from app.channel.models import Referral

_SCALE = 8
_MEDIA = {"svg": "image/svg+xml", "png": "image/png"}


def qr_picture(token: str, name: str, kind: str = "png") -> Response:
    """The address that the on-site staff's phone opens, as a picture called ``name``."""
    target = BytesIO()
    segno.make(qr_url(token), error="m").save(target, kind=kind, scale=_SCALE)
    content = target.getvalue()
    return file_answer([content], _MEDIA[kind], f"{name}.{kind}", size=len(content), inline=True)


def referral_qr(referral: Referral, kind: str = "png") -> Response:
    """The viewing QR; made by the first report.

    :raises Denied: ``referral.not_reported``.
    """
    if referral.qr_token is None:
        conflict("referral.not_reported", _("This customer was not reported yet")).enforce()
    return qr_picture(referral.qr_token or "", referral.code, kind)
