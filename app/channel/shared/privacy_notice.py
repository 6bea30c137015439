"""The privacy notice that people from outside agree to, and its versions (CH-3, CH-28, PLAT-14)."""

from __future__ import annotations

# All versions ever published, latest last: a consent names one of them. The text of the latest is
# templates/phone/privacy.html; add a version here whenever the sense of that text changes.
NOTICE_VERSIONS = ("2026-01", "2026-11")
NOTICE_VERSION = NOTICE_VERSIONS[-1]
