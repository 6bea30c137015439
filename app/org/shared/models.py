"""Tables that reference each other: accounts, companies, districts, departments and staff."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import User as FrameworkUser
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.derived import searched_by, sorted_by
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import Dictionary

STAFF_STATUS = Dictionary(
    "staff_status",
    {"active": _("In service"), "leaving": _("Leaving"), "departed": _("Departed")},
    {"active": "green", "leaving": "orange", "departed": "gray"},
)
MAX_PATH = 1000


class Account(FrameworkUser):
    """A login account.  Business fields of employees are in :class:`Staff`.

    ``session_epoch`` is part of every session and token: raising it signs the person out everywhere.
    ``totp_cipher`` is the second factor's secret, encrypted; ``totp_step`` the last time step whose code was
    used, so that no code is accepted twice (ACC-12).  Failures of passwords and of codes are counted
    separately: wrong passwords must not block the other ways to sign in (ACC-18).
    """

    __tablename__ = "ab_user"
    if TYPE_CHECKING:  # the framework's columns, whose types mypy does not know
        active: Mapped[bool]
        fail_login_count: Mapped[int]
        first_name: Mapped[str]
        last_name: Mapped[str]
        password: Mapped[str]
    session_epoch: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, nullable=True)
    must_change_password: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false"
    )
    totp_cipher: Mapped[str | None] = mapped_column(Encrypted(), nullable=True)
    totp_since: Mapped[datetime | None] = mapped_column(UtcDateTime, nullable=True)
    totp_step: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0, server_default="0")
    code_failures: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    codes_locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, nullable=True)

    __audit__ = "account"
    __files__ = "account"

    @property
    def display_name(self) -> str:
        """Family name and given name, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}"

    def rename(self, name: str) -> None:
        """Set the full name; its first character is the family name."""
        self.last_name, self.first_name = name[:1], name[1:]

    def get_id(self) -> str:
        """Return the content of the session cookie: the id and the epoch."""
        return f"{self.id}:{self.session_epoch}"

    @property
    def has_second_factor(self) -> bool:
        """True if sign-in also requires a code."""
        return self.totp_cipher is not None

    def sign_out_everywhere(self) -> None:
        """End every session and token of this account."""
        self.session_epoch += 1

    def take_password(self, hashed: str, *, must_change: bool) -> None:
        """Set a new password and end a lock-out; the sessions end by ``credential_changed``."""
        self.password, self.must_change_password = hashed, must_change
        self.fail_login_count, self.locked_until = 0, None

    def take_second_factor(self, cipher: str, step: int, moment: datetime) -> None:
        """Require a code at sign-in from now on; the code of ``step`` has been used."""
        self.totp_cipher, self.totp_step, self.totp_since = cipher, step, moment

    def drop_second_factor(self) -> None:
        """Require only the password from now on."""
        self.totp_cipher = self.totp_since = None
        self.code_failures, self.codes_locked_until = 0, None

    def close(self) -> None:
        """Block sign-in with this account."""
        self.active = False
        self.sign_out_everywhere()

    def reopen(self) -> None:
        """Allow sign-in again; earlier sessions stay ended."""
        self.active = True


SESSION_KIND = Dictionary(
    "session_kinds", {"office": _("Office"), "phone": _("Phone"), "api": _("Application")}
)


class LoginSession(Model):
    """A signed-in browser or application (ACC-18).  The cookie or token holds ``key``.

    It is open while ``ended_at`` is empty and ``epoch`` is the account's.  ``refresh_id`` is the id of the
    only valid refresh token; ``by_phone`` means that a phone number was proved and no password used.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        one_of("kind", SESSION_KIND.codes),
        UniqueConstraint("key", name="uq_login_session_key"),
        Index("ix_login_session_account", "account_id", "seen_at"),
        Index("ix_login_session_seen_at", "seen_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), nullable=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    epoch: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    by_phone: Mapped[bool] = mapped_column(Boolean, nullable=False)
    refresh_id: Mapped[str | None] = mapped_column(String(36))
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    browser: Mapped[str] = mapped_column(String(200), nullable=False)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountProfile(Model):
    """What an account's person chose on their own page (OFF-10); without a row, nothing.

    ``email_cipher`` is the confirmed address, encrypted; ``avatar_id`` the picture's file; ``start_page`` the
    view that is opened after signing in.
    """

    __tablename__ = "account_profile"
    __table_args__ = (
        CheckConstraint("(email_cipher IS NULL) = (email_confirmed_at IS NULL)", name="confirmed"),
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True)
    language: Mapped[str | None] = mapped_column(String(8))
    start_page: Mapped[str | None] = mapped_column(String(60))
    email_cipher: Mapped[str | None] = mapped_column(Encrypted(1000))
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    avatar_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))

    def take_email(self, cipher: str | None, moment: datetime | None) -> None:
        """Keep a confirmed address; None removes it."""
        self.email_cipher, self.email_confirmed_at = cipher, moment


class AccessEvent(Model):
    """A sign-in, a failed one, or a refused request, without personal data (ACC-18).

    ``route`` is the endpoint's name, never an address.
    """

    __tablename__ = "access_event"
    __table_args__ = (
        one_of("kind", ("sign_in", "sign_in_failed", "refused")),
        Index("ix_access_event_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    account_id: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[int] = mapped_column(Integer, nullable=False)
    code: Mapped[str] = mapped_column(String(60), nullable=False)
    route: Mapped[str] = mapped_column(String(120), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class RecoveryCode(Model):
    """A code that replaces the second factor once.  Only its keyed hash is stored."""

    __tablename__ = "recovery_code"
    __table_args__ = (PrimaryKeyConstraint("account_id", "code_hash"),)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(32))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, nullable=True)


class Company(Model):
    """One of our own legal entities (ACC-1)."""

    __tablename__ = "company"
    __audit__ = "company"
    __table_args__ = (Index("uq_company_name_search", "name_search", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, unique=True)
    name_search: Mapped[str] = searched_by("name")  # unique: one company, whichever brackets are typed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return self.name


class District(Model):
    """A place where customers look and agents work; a tree."""

    __tablename__ = "district"
    __audit__ = "district"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)

    parent: Mapped[District | None] = relationship(remote_side="District.id", viewonly=True)

    def __repr__(self) -> str:
        return self.name


class Department(Model):
    """A node of a company's tree (ACC-1).  ``path`` lists the ids from the top, e.g. ``/1/4/9/``."""

    __tablename__ = "department"
    __audit__ = "department"
    # Ids are never reused: the log of a deleted department must not appear on another one.
    __table_args__ = (
        Index("ix_department_company_path", "company_id", "path"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    path: Mapped[str] = mapped_column(String(MAX_PATH), nullable=False, default="")
    manager_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id", use_alter=True, name="fk_department_manager_id_staff"), index=True
    )

    company: Mapped[Company] = relationship()
    parent: Mapped[Department | None] = relationship(remote_side="Department.id", viewonly=True)
    manager: Mapped[Staff | None] = relationship(foreign_keys=[manager_id], viewonly=True)
    districts: Mapped[list[District]] = relationship(
        secondary="department_district", viewonly=True, order_by="District.code"
    )
    staff_count: Mapped[int] = query_expression()

    @property
    def depth(self) -> int:
        """The number of departments above it."""
        return max(0, self.path.count("/") - 2)

    def __repr__(self) -> str:
        return self.name


class DepartmentDistrict(Model):
    """A department is responsible for a district."""

    __tablename__ = "department_district"
    __table_args__ = (PrimaryKeyConstraint("department_id", "district_id"),)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)


class Staff(Model):
    """An employee: the profile of a login account of the same id (ACC-2)."""

    __tablename__ = "staff"
    __audit__ = "staff"
    __table_args__ = (
        one_of("status", STAFF_STATUS.codes),
        Index("ix_staff_company_status_sort", "company_id", "status", "name_sort", "id"),
        Index("ix_staff_name_search", "name_search", postgresql_ops=prefixes("name_search")),
    )
    id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, autoincrement=False)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    employee_no: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    name_search: Mapped[str] = searched_by("name")
    name_sort: Mapped[str] = sorted_by("name")
    phone: Mapped[str] = mapped_column(String(24), nullable=False, default="")
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    account: Mapped[Account] = relationship(foreign_keys="Staff.id", viewonly=True)
    districts: Mapped[list[District]] = relationship(
        secondary="staff_district", viewonly=True, order_by="District.code"
    )

    @property
    def is_active(self) -> bool:
        """True if the person takes new work."""
        return self.status == "active"

    def __repr__(self) -> str:
        return self.name


class StaffDistrict(Model):
    """A person is responsible for a district."""

    __tablename__ = "staff_district"
    __table_args__ = (PrimaryKeyConstraint("staff_id", "district_id"),)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
