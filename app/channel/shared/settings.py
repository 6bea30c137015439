"""Settings of channel sales (CH-27)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.declarations import Setting, SettingGroup

CHANNEL = SettingGroup("channel", _("Channel sales"), 40)

PROTECTION_DAYS = Setting(
    "protection_days",
    30,
    _("Protection period"),
    _("How long a customer stays reserved for the broker after the first scan; holds for new bindings."),
    minimum=1,
    maximum=3650,
    group=CHANNEL,
    unit=_("days"),
)
WARNING_DAYS = Setting(
    "protection_warning_days",
    3,
    _("Brokers are warned before a protection ends"),
    _("That many days before; 0 warns nobody."),
    minimum=0,
    maximum=365,
    group=CHANNEL,
    unit=_("days"),
)
BROKERS_REGISTER = Setting(
    "brokers_register",
    default=True,
    label=_("Brokers register by themselves"),
    help=_("Switched off, the phone pages take nobody new; those who are there go on."),
    group=CHANNEL,
)
VISITORS_REGISTER = Setting(
    "visitors_register",
    default=True,
    label=_("Visitors register by themselves"),
    help=_("Switched off, the phone pages take nobody new; those who are there go on."),
    group=CHANNEL,
)
COMPANY_ONSITES_ENTER = Setting(
    "company_onsites_enter",
    default=True,
    label=_("Company on-sites enter customers for their company's brokers"),
    help=_("Switched off, they enter customers for themselves only."),
    group=CHANNEL,
)
VIEWING_FEES = Setting(
    "viewing_fees",
    default=True,
    label=_("Viewing fees"),
    help=_("Switched off, fees are neither paid nor shown; what was paid stays stored."),
    group=CHANNEL,
)
CHANNEL_RANKING = Setting(
    "channel_ranking",
    default=True,
    label=_("Channel ranking"),
    help=_("Switched off, nobody sees or exports it; the numbers are counted all the same."),
    group=CHANNEL,
)
