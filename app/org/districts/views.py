"""The pages of districts (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.audit.presentation import LOG_TAB
from app.kernel.lists.filters import ContainsFilter
from app.kernel.lists.requests import MAX_PAGE_SIZE, ListSpec
from app.org.districts import forms
from app.org.districts import services as tree
from app.org.districts.queries import parent_districts, visible_districts
from app.org.shared.models import District
from app.org.shared.views import DEEPEST, TreeView, indented, name_of_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


class DistrictView(TreeView):
    """The tree of districts, in the order of their codes."""

    datamodel = SQLAInterface(District)
    route_base = "/districts"
    class_permission_name = "District"
    scope = staticmethod(visible_districts)
    spec = ListSpec(
        (ContainsFilter("name", _("Name"), District.name), ContainsFilter("code", _("Code"), District.code)),
        {"code": District.code, "name": District.name},
        "code",
        page_size=MAX_PAGE_SIZE,
    )
    detail_tabs = (LOG_TAB,)
    list_options = (joinedload(District.parent),)
    list_title = _("Districts")
    add_title = _("New district")
    edit_title = _("Edit district")
    empty_text = _("No district yet; create the first one")
    add_form_class = forms.DistrictForm
    edit_form_class = forms.DistrictEditForm
    list_columns = ["name", "code", "parent"]
    wide_columns = frozenset({"name"})
    label_columns = {"name": _("Name"), "code": _("Code"), "parent": _("Above it")}
    item_values = {"name": name_of_record}
    formatters_columns = {"parent": lambda district: name_of_record(district.parent)}
    show_fieldsets = [("", {"fields": ["name", "code", "parent"]})]

    def cells_of(self, records: Sequence[District], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return each name, indented by the district's depth in the tree."""
        parents = parent_districts()

        def depth(pk: int) -> int:
            steps, above = 0, parents.get(pk)
            while above is not None and steps <= DEEPEST:
                steps, above = steps + 1, parents.get(above)
            return steps

        return {record.id: {"name": indented(record.name, depth(record.id))} for record in records}

    def form_data(self, record: District | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"name": record.name, "parent_id": record.parent_id}

    def create(self, values: dict[str, Any], actor: Actor) -> District:
        return tree.add_district(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> District:
        return tree.edit_district(pk, **values, actor=actor)
