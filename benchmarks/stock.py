"""A stock Flask-AppBuilder: its own ModelViews over the same tables, as its documentation shows them."""

from __future__ import annotations

import os
from datetime import datetime

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.models.sqla.filters import BaseFilter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

SCOPE = [int(pk) for pk in os.environ.get("STOCK_DEPARTMENTS", "").split(",") if pk]


class Department(Model):
    __tablename__ = "department"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __repr__(self) -> str:
        return self.name


class Staff(Model):
    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __repr__(self) -> str:
        return self.name


class Customer(Model):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int]
    code: Mapped[str]
    pool: Mapped[str]
    kind: Mapped[str]
    follow_status: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    phone_index: Mapped[str | None]
    phone_masked: Mapped[str | None]
    enabled: Mapped[bool]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    deal_status: Mapped[str]
    stage: Mapped[str]
    grade: Mapped[str]
    last_follow_up_at: Mapped[datetime | None]
    next_contact_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int]
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])
    handler: Mapped[Staff | None] = relationship(foreign_keys=[handler_id])
    department: Mapped[Department] = relationship()

    def __repr__(self) -> str:
        return self.name


class FollowUp(Model):
    __tablename__ = "follow_up"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    content: Mapped[str]
    method: Mapped[str]
    created_at: Mapped[datetime]
    customer: Mapped[Customer] = relationship()
    author: Mapped[Staff] = relationship()


class InScope(BaseFilter):
    """A filter of rows by departments."""

    name = "in scope"
    arg_name = "scope"

    def apply(self, query, _value):  # noqa: ANN001, ANN201 - the framework is untyped
        return query.filter(Customer.department_id.in_(SCOPE))


class FollowUpView(ModelView):
    datamodel = SQLAInterface(FollowUp)
    list_columns = ["created_at", "author", "method", "content"]  # noqa: RUF012 - the framework's way
    base_order = ("created_at", "desc")
    page_size = 20


class CustomerView(ModelView):
    datamodel = SQLAInterface(Customer)
    list_columns = [  # noqa: RUF012 - the framework's way
        "code", "name", "phone_masked", "follow_status", "pool", "owner", "last_follow_up_at", "next_contact_at",
        "grade", "deal_status", "department", "created_at",
    ]  # fmt: skip
    related_views = [FollowUpView]  # noqa: RUF012 - the framework's way
    base_order = ("created_at", "desc")
    base_filters = [["id", InScope, None]] if SCOPE else None
    page_size = 20


db = SQLA(model_class=Model)
app = Flask(__name__)
app.config.update(
    SECRET_KEY="bench",  # noqa: S106 - of a server that lives for a minute on this machine
    SQLALCHEMY_DATABASE_URI=os.environ["KEPAN_DATABASE_URL"],
    WTF_CSRF_ENABLED=False,
    FAB_CREATE_DB=False,
    FAB_UPDATE_PERMS=False,
    RATELIMIT_ENABLED=False,
)
db.init_app(app)
with app.app_context():
    builder = AppBuilder(app, db.session)
    builder.add_view_no_menu(FollowUpView)
    builder.add_view(CustomerView, "Customers")


def grant() -> None:
    """Give the administrator's role the permissions of these views; the database keeps them."""
    with app.app_context():
        for view in (CustomerView, FollowUpView):
            builder.sm.add_permissions_view(
                ["can_list", "can_show", "can_add", "can_edit", "can_delete"], view.__name__
            )
        admin = builder.sm.find_role("Admin")
        for view in (CustomerView, FollowUpView):
            for permission in ("can_list", "can_show", "can_add"):
                pair = builder.sm.find_permission_view_menu(permission, view.__name__)
                builder.sm.add_permission_role(admin, pair)
