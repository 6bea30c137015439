"""The form that edits a company path (CUST-12); the customer's page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.company_paths.fields import LABELS
from app.customers.company_paths.forms import PathForm
from app.customers.company_paths.models import CompanyPath
from app.customers.company_paths.operations import TAB
from app.customers.company_paths.policies import can_edit_paths
from app.customers.company_paths.queries import visible_paths
from app.customers.company_paths.services import update_path
from app.customers.shared.views import BelongingView
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class CompanyPathView(BelongingView):
    """Edits a company path."""

    datamodel = SQLAInterface(CompanyPath)
    route_base = "/company-paths"
    class_permission_name = "CompanyPath"
    scope = staticmethod(visible_paths)
    spec = ListSpec((), {"created_at": CompanyPath.created_at}, "-created_at")
    list_title = _("Company paths")
    menu_place = "CustomerView"
    edit_title = _("Edit company path")
    edit_form_class = PathForm
    label_columns = {**LABELS}
    tab_key = TAB
    may_edit = staticmethod(can_edit_paths)
    edited = ("path", "our_code", "is_default")
    title_of = "path"

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> CompanyPath:
        return update_path(pk, values=values, actor=actor)
