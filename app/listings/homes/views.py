"""The pages of listings: list, page and forms (LST-1, LST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.presentation import LOG_TAB
from app.kernel.pages.elements import enabled_first
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.views import ScopedModelView
from app.listings.homes import choices, forms, services
from app.listings.homes.filters import SPEC
from app.listings.homes.models import Listing
from app.listings.homes.policies import can_keep
from app.listings.homes.presentation import floors_of, price_of
from app.listings.homes.queries import PEOPLE, get_listing, visible_listings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import Button
    from app.kernel.pages.tabs import DetailTab


class ListingView(ScopedModelView):
    """Homes for sale and rent, newest first."""

    datamodel = SQLAInterface(Listing)
    route_base = "/listings"
    class_permission_name = "Listing"
    include_route_methods = {"list", "show", "tab", "add", "edit"}
    scope = staticmethod(visible_listings)
    spec = SPEC
    list_options = PEOPLE
    detail_tabs: ClassVar[Sequence[DetailTab]] = (LOG_TAB,)
    list_title = _("Listings")
    add_title = _("New listing")
    edit_title = _("Edit listing")
    empty_text = _("No listing yet; enter the first one")
    add_form_class = forms.ListingForm
    edit_form_class = forms.ListingEditForm
    list_columns = ["code", "name", "kind", "status", "price", "area", "district", "agent", "created_at"]
    number_columns = frozenset({"price", "area"})
    label_columns = {
        **services.LABELS,
        "code": _("Number"),
        "name": _("Listing"),
        "status": _("State"),
        "community": _("Community"),
        "district": _("District"),
        "agent": _("Maintaining agent"),
        "department": _("Department"),
        "created_at": _("Entered"),
    }
    formatters_columns = {
        "kind": lambda listing: code_tag(choices.KIND, listing.kind),
        "status": lambda listing: code_tag(choices.STATUS, listing.status),
        "orientation": lambda listing: choices.ORIENTATION.label(listing.orientation),
        "decoration": lambda listing: choices.DECORATION.label(listing.decoration),
        "community": lambda listing: listing.community.name,
        "district": lambda listing: listing.district.name,
        "agent": lambda listing: listing.agent.name,
        "department": lambda listing: listing.department.name,
    }
    item_values = {"price": price_of, "floor": floors_of}
    wide_columns = frozenset({"name", "description"})
    show_fieldsets = [
        (
            _("Listing"),
            {
                "fields": [
                    "code", "kind", "status", "price", "area", "rooms", "halls", "baths", "floor",
                    "orientation", "decoration", "tags", "description",
                ]
            },
        ),
        (_("Where it lies"), {"fields": ["community", "district"]}),
        (_("Maintained by"), {"fields": ["agent", "department", "created_at"]}),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Listing:
        return get_listing(pk, actor=actor)

    def record_tags(self, record: Listing) -> list[Any]:
        return [code_tag(choices.KIND, record.kind), code_tag(choices.STATUS, record.status)]

    def check_edit(self, record: Listing, actor: Actor, _facts: Any) -> Decision:
        return can_keep(actor, record)

    def row_buttons(self, record: Listing, actor: Actor, facts: Any) -> list[Button]:
        return operation_buttons(self, actor, record, facts, in_list=True)

    def detail_buttons(self, record: Listing, actor: Actor, facts: Any) -> list[Button]:
        edit = self.edit_buttons(record, actor, facts)
        return enabled_first([*edit, *operation_buttons(self, actor, record, facts)], len(edit))

    def form_data(self, record: Listing | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        return {
            name: getattr(record, name) for name in (*services.LABELS, "community_id", "agent_id", "version")
        }

    def create(self, values: dict[str, Any], actor: Actor) -> Listing:
        where = {name: values.pop(name) for name in ("community_id", "agent_id")}
        return services.create_listing(**where, values=values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Listing:
        version = values.pop("version")
        return services.update_listing(pk, values=values, version=version, actor=actor)
