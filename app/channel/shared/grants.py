"""Permissions of the built-in roles in channel sales (ACC-7, ACC-8).

``read`` covers the back office's lists and the company's records; ``use`` covers the phone pages and their
part of the API, where people see their own records.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.shared.permissions import (
    BrokerCompanyPermission,
    BrokerPermission,
    ChannelRankingPermission,
    CollisionPermission,
    ConsultantPermission,
    ProjectPermission,
    ReferralPermission,
    ScanPermission,
    TourPermission,
    ViewingFeePermission,
    VisitorPermission,
)
from app.kernel.access.permissions import grant
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
    """Grant the built-in roles their permissions in channel sales."""
    _grant_partners()
    _grant_referrals()
    _grant_on_site()
    _grant_oversight()


def _grant_partners() -> None:
    """Grant permissions on projects, broker companies and brokers."""
    grant([ProjectPermission.READ], OFFICE, label=_("Projects"))
    grant([ProjectPermission.USE], (*OFFICE, *ON_THE_SPOT, *BROKERS, VISITOR), words=_USE)
    grant(
        [
            ProjectPermission.CREATE,
            ProjectPermission.UPDATE,
            ProjectPermission.ADD_FILES,
            ProjectPermission.REMOVE_FILE,
            ProjectPermission.STAFF,
        ],
        ADMINISTRATOR_ONLY,
        words={
            "add_files": _("Add files"), "remove_file": _("Remove file"),
            "staff": _("Assign staff to projects")
        },
    )  # fmt: skip

    grant([BrokerCompanyPermission.READ], OFFICE, label=_("Broker companies"))
    grant([BrokerCompanyPermission.USE], (*OFFICE, *BROKERS), words=_USE)
    grant(
        [BrokerCompanyPermission.CREATE, BrokerCompanyPermission.UPDATE, BrokerCompanyPermission.DELETE],
        DIRECTOR,
    )

    grant([BrokerPermission.READ], OFFICE, label=_("Brokers"))
    grant([BrokerPermission.USE], (*OFFICE, *BROKERS), words=_USE)
    grant(
        [BrokerPermission.UPDATE, BrokerPermission.REVIEW],
        DIRECTOR,
        words={"review": _("Review company on-sites")},
    )


def _grant_referrals() -> None:
    """Grant permissions on referrals, from the report to the deal."""
    grant([ReferralPermission.READ, ReferralPermission.EXPORT], OFFICE, label=_("Referrals"))
    grant([ReferralPermission.USE], (*OFFICE, *ON_THE_SPOT, *BROKERS), words=_USE)
    grant([ReferralPermission.CREATE, ReferralPermission.REPORT], BROKERS, words={"report": _("Report")})
    grant(
        [ReferralPermission.REBIND, ReferralPermission.CLOSE, ReferralPermission.MAKE_CUSTOMER],
        DIRECTOR,
        words={"rebind": _("Rebind"), "close": _("Close a deal"), "make_customer": _("Turn into a customer")},
    )
    grant([ReferralPermission.REOPEN], ADMINISTRATOR_ONLY, words={"reopen": _("Reopen")})


def _grant_on_site() -> None:
    """Grant permissions on scans, tours and fees."""
    grant([ScanPermission.READ, ScanPermission.EXPORT], OFFICE, label=_("On-site scans"))
    grant([ScanPermission.USE], (*OFFICE, *ON_THE_SPOT), words=_USE)
    grant([ScanPermission.CREATE], (ON_SITE,))

    grant([TourPermission.READ, TourPermission.EXPORT], OFFICE, label=_("Tours"))
    grant([TourPermission.USE], (*OFFICE, CONSULTANT), words=_USE)
    grant(
        [TourPermission.CREATE, TourPermission.FOLLOW_UP], (CONSULTANT,), words={"follow_up": _("Follow up")}
    )

    grant([ViewingFeePermission.READ, ViewingFeePermission.EXPORT], OFFICE, label=_("Viewing fees"))
    grant([ViewingFeePermission.CREATE], (CHANNEL_SECRETARY,))
    grant([ViewingFeePermission.VOID], DIRECTOR, words={"void": _("Void")})


def _grant_oversight() -> None:
    """Grant permissions on collisions, the ranking, consultants and visitors."""
    grant([CollisionPermission.READ], (CHANNEL_DIRECTOR, AUDITOR), label=_("Collisions"))
    grant([CollisionPermission.HANDLE], DIRECTOR, words={"handle": _("Handle")})

    grant([ConsultantPermission.READ], (AUDITOR,), label=_("Property consultants"))
    grant(
        [ConsultantPermission.CREATE, ConsultantPermission.UPDATE, ConsultantPermission.DEPART],
        ADMINISTRATOR_ONLY,
        words={"depart": _("Depart")},
    )

    grant([VisitorPermission.READ], (CHANNEL_DIRECTOR, AUDITOR), label=_("Walk-in visitors"))
    grant([VisitorPermission.USE], (VISITOR,), words=_USE)

    grant(
        [ChannelRankingPermission.READ, ChannelRankingPermission.EXPORT], OFFICE, label=_("Channel ranking")
    )
