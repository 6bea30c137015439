"""Tables of the organisation."""

from __future__ import annotations

from datetime import datetime

from flask_appbuilder.security.sqla.models import User as FrameworkUser
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Model, UtcDateTime, code_type, one_of
from app.kernel.dictionaries import dictionary

STAFF_STATUS = dictionary(
    "staff_status",
    {"active": _("Active"), "leaving": _("Leaving"), "departed": _("Departed")},
    {"active": "green", "leaving": "orange", "departed": "gray"},
)
SCOPE_KINDS = ("all", "company", "department_tree", "department", "own", "custom", "none")


class Account(FrameworkUser):
    """A login account.  Business fields of employees are in :class:`Staff`.

    ``session_epoch`` is part of every session and token: raising it signs the person out everywhere.
    """

    __tablename__ = "ab_user"
    session_epoch: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, nullable=True)
    must_change_password: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false"
    )

    __audit__ = "account"

    @property
    def display_name(self) -> str:
        """Family name and given name, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}"

    def get_id(self) -> str:
        """What the session cookie holds: the id and the epoch."""
        return f"{self.id}:{self.session_epoch}"

    def sign_out_everywhere(self) -> None:
        """End every session and token of this account."""
        self.session_epoch += 1


class Company(Model):
    """One of our own legal entities (ACC-1)."""

    __tablename__ = "company"
    __audit__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return self.name


class District(Model):
    """A place where customers look and agents work; a tree."""

    __tablename__ = "district"
    __audit__ = "district"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)

    def __repr__(self) -> str:
        return self.name


class Department(Model):
    """A node of a company's tree (ACC-1).  ``path`` lists the ids from the top, e.g. ``/1/4/9/``."""

    __tablename__ = "department"
    __audit__ = "department"
    __table_args__ = (Index("ix_department_company_path", "company_id", "path"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    path: Mapped[str] = mapped_column(String(255), nullable=False, default="")
    manager_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id", use_alter=True, name="fk_department_manager_id_staff"), index=True
    )

    company: Mapped[Company] = relationship()

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
        Index("ix_staff_company_status_name", "company_id", "status", "name", "id"),
    )
    id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, autoincrement=False)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False, index=True)
    employee_no: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    phone: Mapped[str] = mapped_column(String(24), nullable=False, default="")
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    department: Mapped[Department] = relationship(foreign_keys=[department_id])

    @property
    def is_active(self) -> bool:
        """Takes new work."""
        return self.status == "active"

    def __repr__(self) -> str:
        return self.name


class StaffDistrict(Model):
    """A person is responsible for a district."""

    __tablename__ = "staff_district"
    __table_args__ = (PrimaryKeyConstraint("staff_id", "district_id"),)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)


class RoleScope(Model):
    """The data scope of a role (ACC-4)."""

    __tablename__ = "role_scope"
    __table_args__ = (one_of("kind", SCOPE_KINDS),)
    role_id: Mapped[int] = mapped_column(ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    built_in: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)


class RoleScopeDepartment(Model):
    """A department of a role's ``custom`` scope."""

    __tablename__ = "role_scope_department"
    __table_args__ = (PrimaryKeyConstraint("role_id", "department_id"),)
    role_id: Mapped[int] = mapped_column(ForeignKey("role_scope.role_id", ondelete="CASCADE"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"))


class DeliveredGrant(Model):
    """A permission that was once given to a built-in role, and is never given again by an upgrade."""

    __tablename__ = "delivered_grant"
    __table_args__ = (PrimaryKeyConstraint("role", "permission", "resource"),)
    role: Mapped[str] = mapped_column(String(64))
    permission: Mapped[str] = mapped_column(String(100))
    resource: Mapped[str] = mapped_column(String(100))


class OrgVersion(Model):
    """One row, raised whenever anything that an ``Actor`` is made of changes."""

    __tablename__ = "org_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Integer, nullable=False)
