"""Which built-in role may use which function of channel sales (ACC-7, ACC-8).

``read`` is the back office's list, and with it the company's records; ``use`` is the phone pages and their
part of the API, where everybody sees their own.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.access.grants import grant
from app.org.roles.names import (
    AUDITOR,
    BROKER,
    BROKER_ON_SITE,
    CHANNEL_DIRECTOR,
    CHANNEL_SECRETARY,
    CONSULTANT,
    ON_SITE,
    VISITOR,
)

OFFICE = (CHANNEL_DIRECTOR, CHANNEL_SECRETARY, AUDITOR)
BROKERS = (BROKER, BROKER_ON_SITE)
ON_THE_SPOT = (ON_SITE, CONSULTANT)
DIRECTOR = (CHANNEL_DIRECTOR,)
ADMINISTRATOR_ONLY: tuple[str, ...] = ()

_USE = {"use": _("Use on the phone and by the API")}


def grant_permissions() -> None:
    """Declare what the built-in roles may do in channel sales."""
    _grant_partners()
    _grant_referrals()
    _grant_on_site()
    _grant_oversight()


def _grant_partners() -> None:
    """Projects, broker companies and their brokers."""
    grant("Project", ["read"], OFFICE, label=_("Projects"))
    grant("Project", ["use"], (*OFFICE, *ON_THE_SPOT, *BROKERS, VISITOR), words=_USE)
    grant(
        "Project",
        ["create", "update", "add_files", "remove_file", "staff"],
        ADMINISTRATOR_ONLY,
        words={
            "add_files": _("Add files"), "remove_file": _("Remove file"),
            "staff": _("Assign staff to projects")
        },
    )  # fmt: skip

    grant("BrokerCompany", ["read"], OFFICE, label=_("Broker companies"))
    grant("BrokerCompany", ["use"], (*OFFICE, *BROKERS), words=_USE)
    grant("BrokerCompany", ["create", "update", "delete"], DIRECTOR)

    grant("Broker", ["read"], OFFICE, label=_("Brokers"))
    grant("Broker", ["use"], (*OFFICE, *BROKERS), words=_USE)
    grant("Broker", ["update", "review"], DIRECTOR, words={"review": _("Review company on-sites")})


def _grant_referrals() -> None:
    """Referrals from the report to the deal."""
    grant("Referral", ["read", "export"], OFFICE, label=_("Referrals"))
    grant("Referral", ["use"], (*OFFICE, *ON_THE_SPOT, *BROKERS), words=_USE)
    grant("Referral", ["create", "report"], BROKERS, words={"report": _("Report")})
    grant(
        "Referral",
        ["rebind", "close", "make_customer"],
        DIRECTOR,
        words={"rebind": _("Rebind"), "close": _("Close a deal"), "make_customer": _("Turn into a customer")},
    )
    grant("Referral", ["reopen"], ADMINISTRATOR_ONLY, words={"reopen": _("Reopen")})


def _grant_on_site() -> None:
    """What is recorded at the project, and what it costs."""
    grant("Scan", ["read", "export"], OFFICE, label=_("On-site scans"))
    grant("Scan", ["use"], (*OFFICE, *ON_THE_SPOT), words=_USE)
    grant("Scan", ["create"], (ON_SITE,))

    grant("Tour", ["read", "export"], OFFICE, label=_("Tours"))
    grant("Tour", ["use"], (*OFFICE, CONSULTANT), words=_USE)
    grant("Tour", ["create", "follow_up"], (CONSULTANT,), words={"follow_up": _("Follow up")})

    grant("ViewingFee", ["read", "export"], OFFICE, label=_("Viewing fees"))
    grant("ViewingFee", ["create"], (CHANNEL_SECRETARY,))
    grant("ViewingFee", ["void"], DIRECTOR, words={"void": _("Void")})


def _grant_oversight() -> None:
    """What is judged and compared afterwards, and who takes part besides brokers."""
    grant("Collision", ["read"], (CHANNEL_DIRECTOR, AUDITOR), label=_("Collisions"))
    grant("Collision", ["handle"], DIRECTOR, words={"handle": _("Handle")})

    grant("Consultant", ["read"], (AUDITOR,), label=_("Property consultants"))
    grant("Consultant", ["create", "update", "depart"], ADMINISTRATOR_ONLY, words={"depart": _("Depart")})

    grant("Visitor", ["read"], (CHANNEL_DIRECTOR, AUDITOR), label=_("Walk-in visitors"))
    grant("Visitor", ["use"], (VISITOR,), words=_USE)

    grant("ChannelRanking", ["read", "export"], OFFICE, label=_("Channel ranking"))
