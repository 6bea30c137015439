"""Permissions of channel sales, resource by resource (ACC-7, ACC-8)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class ProjectPermission(Permission, resource="Project"):
    """Functions on projects."""

    READ = "read"
    USE = "use"
    CREATE = "create"
    UPDATE = "update"
    ADD_FILES = "add_files"
    REMOVE_FILE = "remove_file"
    STAFF = "staff"


class BrokerCompanyPermission(Permission, resource="BrokerCompany"):
    """Functions on broker companies."""

    READ = "read"
    USE = "use"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class BrokerPermission(Permission, resource="Broker"):
    """Functions on brokers."""

    READ = "read"
    USE = "use"
    UPDATE = "update"
    REVIEW = "review"


class ReferralPermission(Permission, resource="Referral"):
    """Functions on referrals."""

    READ = "read"
    EXPORT = "export"
    USE = "use"
    CREATE = "create"
    REPORT = "report"
    REBIND = "rebind"
    CLOSE = "close"
    MAKE_CUSTOMER = "make_customer"
    REOPEN = "reopen"


class ScanPermission(Permission, resource="Scan"):
    """Functions on scans."""

    READ = "read"
    EXPORT = "export"
    USE = "use"
    CREATE = "create"


class TourPermission(Permission, resource="Tour"):
    """Functions on tours."""

    READ = "read"
    EXPORT = "export"
    USE = "use"
    CREATE = "create"
    FOLLOW_UP = "follow_up"


class ViewingFeePermission(Permission, resource="ViewingFee"):
    """Functions on viewing fees."""

    READ = "read"
    EXPORT = "export"
    CREATE = "create"
    VOID = "void"


class CollisionPermission(Permission, resource="Collision"):
    """Functions on collisions."""

    READ = "read"
    HANDLE = "handle"


class ConsultantPermission(Permission, resource="Consultant"):
    """Functions on consultants."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DEPART = "depart"


class VisitorPermission(Permission, resource="Visitor"):
    """Functions on visitors."""

    READ = "read"
    USE = "use"


class ChannelRankingPermission(Permission, resource="ChannelRanking"):
    """Functions on the channel ranking."""

    READ = "read"
    EXPORT = "export"
