"""CUST-12: company paths of customers, of which at most one is the default."""

from __future__ import annotations

import pytest

from app.customers.company_paths.models import CompanyPath
from app.customers.company_paths.queries import paths_of
from app.customers.company_paths.services import add_path, delete_path, make_default_path, update_path
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer
from tests.support.traces import denied, operations


def test_cust_12_a_path_has_our_code_there_and_at_most_one_is_the_default(world):
    agent = world.actor("agent")
    made = make_customer(agent, kind="enterprise")
    first = add_path(made.id, path="成都→香港", our_code="K-1", is_default=True, actor=agent)
    second = add_path(made.id, path="成都", actor=agent)
    make_default_path(second.id, actor=agent)
    update_path(first.id, values={"our_code": "K-2"}, actor=agent)
    ordered = paths_of(made).order_by(CompanyPath.id)
    rows = [(one.path, one.our_code, one.is_default) for one in db.session.scalars(ordered)]
    assert rows == [("成都→香港", "K-2", False), ("成都", None, True)]
    with denied("path.is_default"):
        make_default_path(second.id, actor=agent)
    delete_path(first.id, actor=agent)
    assert [row.operation.removeprefix("customer.") for row in operations(made)][1:] == [
        "add_company_path", "add_company_path", "make_default_path", "update_company_path",
        "delete_company_path",
    ]  # fmt: skip
    [logged] = operations(made, "customer.update_company_path")
    assert logged.differences == {"path_our_code": ["K-1", "K-2"]}


def test_cust_21_paths_are_kept_by_the_responsible(world):
    agent = world.actor("agent")
    made = make_customer(agent, kind="enterprise")
    path = add_path(made.id, path="成都", actor=agent)
    with denied("customer.not_responsible", 403):
        add_path(made.id, path="x", actor=world.actor("finance"))
    with pytest.raises(NotFound):
        update_path(path.id, values={"path": "x"}, actor=world.actor("other_agent"))
