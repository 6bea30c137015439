"""Tables of roles (ACC-4)."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import Boolean, ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel.database.columns import code_type, one_of
from app.kernel.database.session import Model
from app.kernel.settings.dictionaries import Dictionary
from app.org.shared.models import Department

SCOPE_KIND = Dictionary(
    "scope_kinds",
    {
        "all": _("Everything"),
        "company": _("Own company"),
        "department_tree": _("Own department and those below"),
        "department": _("Own department"),
        "own": _("Own records only"),
        "custom": _("Chosen departments"),
        "none": _("Nothing by role"),
    },
    {"all": "red", "company": "orange", "custom": "cyan", "own": "blue"},
)
SCOPE_KINDS = SCOPE_KIND.codes


class RoleScope(Model):
    """The framework's role, extended by its data scope (ACC-4)."""

    __tablename__ = "role_scope"
    __audit__ = "role"
    __table_args__ = (one_of("kind", SCOPE_KINDS),)
    role_id: Mapped[int] = mapped_column(ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    built_in: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)

    role: Mapped[Role] = relationship(Role, lazy="joined", innerjoin=True)
    departments: Mapped[list[Department]] = relationship(
        secondary="role_scope_department", viewonly=True, order_by="Department.path"
    )
    people: Mapped[int] = query_expression()
    functions: Mapped[int] = query_expression()

    @property
    def id(self) -> int:
        """The role's id."""
        return self.role_id

    @property
    def name(self) -> str:
        """The role's name, as the code knows it."""
        return str(self.role.name)


class RoleScopeDepartment(Model):
    """A department of a role's ``custom`` scope."""

    __tablename__ = "role_scope_department"
    __table_args__ = (PrimaryKeyConstraint("role_id", "department_id"),)
    role_id: Mapped[int] = mapped_column(ForeignKey("role_scope.role_id", ondelete="CASCADE"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="CASCADE"))


class DeliveredGrant(Model):
    """A permission that was once given to a built-in role, and is not given again by an upgrade."""

    __tablename__ = "delivered_grant"
    __table_args__ = (PrimaryKeyConstraint("role", "permission", "resource"),)
    role: Mapped[str] = mapped_column(String(64))
    permission: Mapped[str] = mapped_column(String(100))
    resource: Mapped[str] = mapped_column(String(100))
