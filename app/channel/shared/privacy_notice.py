"""The privacy notice that people from outside agree to, and its versions (CH-3, CH-28, PLAT-14)."""

from __future__ import annotations

# All versions ever published, latest last, with the template of their text: a consent names one of them, and
# its text stays readable. Add a version with a template of its own whenever the sense of the text changes.
_FIRST = "phone/privacy_first.html"
NOTICE_TEXTS = {"2026-01": _FIRST, "2026-11": _FIRST, "2026-12": "phone/privacy_second.html"}
NOTICE_VERSIONS = tuple(NOTICE_TEXTS)
NOTICE_VERSION = NOTICE_VERSIONS[-1]
