"""A declared operation is the only way to its endpoint: a second declaration or method stops the start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.kernel.access.permissions import Permission
from app.kernel.api.base import KepanApi
from app.kernel.api.operations import add_api_operation, add_operation
from app.kernel.errors import ALLOW
from app.kernel.pages.operations import ConfirmForm, Operation, OperationBatch, declared_operations
from app.kernel.pages.views import ScopedModelView


class BoxPermission(Permission, resource="Box"):
    """Functions on boxes."""

    LIFT = "lift"


LIFT = Operation(
    "lift", "Lift", "fa-up", ConfirmForm, lambda *_: ALLOW, lambda pk, **_: pk, permission=BoxPermission.LIFT
)


@pytest.fixture
def box(monkeypatch):
    """A view of a resource of its own."""
    monkeypatch.setitem(declared_operations, "Box", [])

    class BoxView(ScopedModelView):
        class_permission_name = "Box"
        include_route_methods = frozenset({"list"})

        def drop(self):
            """Stand where an operation of that name would."""

    return BoxView


def test_the_same_declaration_comes_again_with_every_application(box):
    for _ in range(2):
        add_operation(box, None, LIFT)
    assert declared_operations["Box"] == [LIFT]
    assert box.lift.operation is LIFT
    assert box.include_route_methods == {"list", "lift"}


def test_two_operations_of_a_resource_have_two_names(box):
    add_operation(box, None, LIFT)
    with pytest.raises(TypeError, match=r"Box has two operations named lift"):
        add_operation(box, None, replace(LIFT, label="Raise"))
    assert box.lift.operation is LIFT


@pytest.mark.parametrize("name", ["drop", "edit"])  # its own, its base's
def test_an_operation_replaces_no_method_of_its_view(box, name):
    before = getattr(box, name)
    with pytest.raises(TypeError, match=rf"BoxView\.{name} is defined beside the operation {name}"):
        add_operation(box, None, replace(LIFT, name=name))
    assert getattr(box, name) is before


def test_the_page_of_its_batch_replaces_none_either(box):
    box.lift_batch = lambda _self: ""
    with pytest.raises(TypeError, match=r"BoxView\.lift_batch is defined beside the operation lift"):
        add_operation(box, None, replace(LIFT, batch=OperationBatch()))


def test_an_operation_replaces_no_method_of_its_api():
    class BoxApi(KepanApi):
        class_permission_name = "Box"

        def lift(self):
            """Stand where the operation's endpoint would."""

    with pytest.raises(TypeError, match=r"BoxApi\.lift is defined beside the operation lift"):
        add_api_operation(BoxApi, LIFT)
    add_api_operation(BoxApi, other := replace(LIFT, name="hoist"))
    assert BoxApi.hoist.operation is other
    with pytest.raises(TypeError, match=r"BoxApi\.hoist is defined beside"):
        add_api_operation(BoxApi, replace(LIFT, name="hoist"))


def test_an_operation_needs_a_function_of_its_resource(box):
    with pytest.raises(TypeError, match=r"Box has no permission raise"):
        add_operation(box, None, replace(LIFT, name="raise", permission=None))
