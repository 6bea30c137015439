"""Walk-in visitors in the back office, read only (CH-15, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.visitors.filters import VISITORS
from app.channel.visitors.models import Visitor
from app.channel.visitors.queries import visible_visitors
from app.channel.visitors.services import get_visitor
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.tabs import DetailTab


class VisitorView(ScopedModelView):
    """Lists people who registered without a broker. The number is masked for everyone in the office."""

    datamodel = SQLAInterface(Visitor)
    route_base = "/visitors"
    class_permission_name = "Visitor"
    include_route_methods = {"list", "show", "tab"}
    scope = staticmethod(visible_visitors)
    spec = VISITORS
    detail_tabs: ClassVar[tuple[DetailTab, ...]] = (OFFICE_LOG_TAB,)
    count_visits: Any = None  # registered by the setup of scans
    list_title = _("Walk-in visitors")
    empty_text = _("No visitor yet; visitors register on their phones when they come without a broker")
    list_columns = ["code", "name", "nickname", "phone", "visits", "created_at"]
    number_columns = frozenset({"visits"})
    label_columns = {
        "code": _("Visitor code"),
        "name": _("Full name"),
        "nickname": _("Nickname"),
        "phone": _("Phone"),
        "visits": _("Project visits"),
        "consent_version": _("Privacy notice"),
        "consent_at": _("Agreed"),
        "created_at": _("Registered"),
    }
    formatters_columns = {"phone": lambda visitor: visitor.phone.masked}
    show_fieldsets = [
        ("", {"fields": ["code", "name", "nickname", "phone", "created_at"]}),
        (_("Privacy"), {"fields": ["consent_version", "consent_at"]}),
    ]

    def get_record(self, pk: int, actor: Actor) -> Visitor:
        return get_visitor(pk, actor=actor)

    def cells_of(self, records: Sequence[Visitor], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Count the visits of each visitor to projects."""
        counts = self.count_visits([record.id for record in records], actor)
        return {pk: {"visits": number} for pk, number in counts.items()}

    def row_offers(self, _actor: Actor) -> list[RowOffer]:
        return [self.opening_offer()]

    def detail_buttons(self, _record: Visitor, _actor: Actor, _facts: Any) -> list[Button]:
        return []
