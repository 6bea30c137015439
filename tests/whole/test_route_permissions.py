"""Every route names a function of its own view's resource: no typo, and no other resource's (access.md)."""

from __future__ import annotations

from app.kernel.access.permissions import BasicPermission, Permission, permission_of


def test_acc_16_every_route_needs_a_function_of_its_views_resource(app):
    wrong, seen = [], 0
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    for rule in app.url_map.iter_rules():
        owner, _dot, name = rule.endpoint.partition(".")
        needed = getattr(getattr(views.get(owner), name, None), "_permission_name", None)
        if needed is None:
            continue
        seen += 1
        resource = views[owner].class_permission_name
        if isinstance(needed, Permission):
            right = needed.resource == resource
        else:
            right = (
                isinstance(needed, BasicPermission) and permission_of(resource, needed).resource == resource
            )
        if not right:
            wrong.append((rule.endpoint, needed))
    assert wrong == []
    assert seen > 200, "the routes were found"
