"""The pages of tags (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.customers.labels.models import Tag
from app.customers.tags import forms
from app.customers.tags import services as tags
from app.customers.tags.filters import TAG_LIST
from app.customers.tags.permissions import TagPermission
from app.customers.tags.queries import WITH_USE, get_tag, tag_facts, visible_tags
from app.kernel.fields.choices import choices_from, search_text
from app.kernel.lists.search import contains
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.tags.policies import TagFacts
    from app.kernel.access.actor import Actor
    from app.kernel.pages.row_buttons import RowOffer


class TagView(ScopedModelView):
    """The tags of all customers: predefined ones, and those that people added."""

    datamodel = SQLAInterface(Tag)
    route_base = "/tags"
    class_permission_name = "Tag"
    include_route_methods = {"list", "show", "tab", "add", "edit", "options"}
    scope = staticmethod(visible_tags)
    spec = TAG_LIST
    detail_tabs = (OFFICE_LOG_TAB,)
    list_options = WITH_USE
    list_title = _("Tags")
    add_title = _("New tag")
    edit_title = _("Edit tag")
    empty_text = _("No tag yet")
    add_form_class = forms.TagForm
    edit_form_class = forms.TagForm
    list_columns = ["name", "kind", "use", "created_at"]
    label_columns = {
        "name": _("Name"), "kind": _("Kind of tag"), "use": _("In use"), "created_at": _("Created"),
    }  # fmt: skip
    formatters_columns = {
        "name": lambda one: tag(one.name, one.tone),
        "kind": lambda one: gettext("Predefined") if one.is_predefined else gettext("Free"),
        "use": lambda one: gettext("Yes") if one.is_used else gettext("No"),
    }
    show_fieldsets = [("", {"fields": ["name", "kind", "use", "created_at"]})]

    def get_record(self, pk: int, _actor: Actor) -> Tag:
        return get_tag(pk)

    def facts_of(self, records: Sequence[Tag], _actor: Actor) -> Mapping[int, TagFacts]:
        return tag_facts(records)

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *self.edit_offers(actor), *operation_offers(self, actor)]

    def detail_buttons(self, record: Tag, actor: Actor, facts: TagFacts) -> list[Button]:
        shown = Button(
            gettext("Show customers"), url_for("CustomerView.list", tag=record.id), "fa-user-group"
        )
        return [
            *self.edit_buttons(record, actor, facts),
            shown,
            *operation_buttons(self, actor, record, facts),
        ]

    def form_data(self, record: Tag | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"name": record.name, "tone": record.tone}

    def create(self, values: dict[str, Any], actor: Actor) -> Tag:
        return tags.create_tag(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Tag:
        return tags.edit_tag(pk, **values, actor=actor)

    @expose("/options", methods=["GET"])
    @permitted(TagPermission.READ)
    def options(self) -> Response:
        """List tags by part of the name, for choosers and filters."""
        statement = visible_tags(None).order_by(Tag.is_predefined.desc(), Tag.name_sort, Tag.id)
        if search_text():
            statement = statement.where(contains(Tag.name, search_text()))
        return choices_from(statement, lambda one: one.name)
