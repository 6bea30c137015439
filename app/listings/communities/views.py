"""The pages of communities (LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.presentation import LOG_TAB
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import choices_from, search_text
from app.kernel.lists.search import contains
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.listings.communities import forms, services
from app.listings.communities.filters import SPEC
from app.listings.communities.models import Community
from app.listings.communities.permissions import CommunityPermission
from app.listings.communities.queries import WITH_DISTRICT, visible_communities

if TYPE_CHECKING:
    from flask import Response

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button


class CommunityView(ScopedModelView):
    """Communities of the company, by pinyin."""

    datamodel = SQLAInterface(Community)
    route_base = "/communities"
    class_permission_name = "Community"
    include_route_methods = {"list", "show", "tab", "add", "edit", "options"}
    scope = staticmethod(visible_communities)
    spec = SPEC
    list_options = WITH_DISTRICT
    detail_tabs = (LOG_TAB,)
    list_title = _("Communities")
    add_title = _("New community")
    edit_title = _("Edit community")
    empty_text = _("No community yet; enter the first one")
    add_form_class = forms.CommunityForm
    edit_form_class = forms.CommunityEditForm
    list_columns = ["name", "district", "address", "created_at"]
    label_columns = {
        **services.FIELDS,
        "district": _("District"),
        "created_at": _("Entered"),
    }
    formatters_columns = {"district": lambda community: community.district.name}
    show_fieldsets = [
        ("", {"fields": ["name", "district", "address", "longitude", "latitude", "created_at"]})
    ]

    def row_buttons(self, record: Community, actor: Actor, facts: Any) -> list[Button]:
        return self.edit_buttons(record, actor, facts)

    def form_data(self, record: Community | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        return {name: getattr(record, name) for name in (*services.FIELDS, "version")}

    def create(self, values: dict[str, Any], actor: Actor) -> Community:
        return services.create_community(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Community:
        version = values.pop("version")
        return services.update_community(pk, values=values, version=version, actor=actor)

    @expose("/options", methods=["GET"])
    @permitted(CommunityPermission.READ)
    def options(self) -> Response:
        """List communities by part of the name, for choosers and filters."""
        statement = visible_communities(current_actor()).options(*WITH_DISTRICT)
        statement = statement.order_by(Community.name_sort, Community.id)
        if search_text():
            statement = statement.where(contains(Community.name, search_text()))
        return choices_from(statement, lambda one: f"{one.name} · {one.district.name}")
