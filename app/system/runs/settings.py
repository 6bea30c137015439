"""Settings of long work (PLAT-5)."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _

from app.kernel.settings.declarations import Setting, SettingGroup

BACKGROUND = SettingGroup("background", _("Background runs"), 800)

RESULT_DAYS = Setting(
    "result_days",
    7,
    _("How long files of the download centre are kept"),
    _("Holds for files that are made from now on."),
    minimum=1,
    maximum=90,
    group=BACKGROUND,
    unit=_("days"),
)


def result_lifetime() -> timedelta:
    """Return how long a finished run's file is kept."""
    return timedelta(days=RESULT_DAYS.get())
