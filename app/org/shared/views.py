"""Common parts of the pages of companies, departments and districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


DEEPEST = 8  # levels of indentation that fit into a table


def indented(name: str, depth: int) -> Markup:
    """Return a name, indented by its depth in the tree."""
    mark = Markup('<i class="tree-mark" aria-hidden="true"></i>') if depth else ""
    return Markup('<span class="tree tree-{}">{}{}</span>').format(min(depth, DEEPEST), mark, name)


def name_of_record(record: Any) -> str:
    """Return the name, as the title of a page."""
    return record.name if record is not None else ""


class TreeView(ScopedModelView):
    """Common parts of the three pages: editing, which the permission alone decides, and the log."""

    include_route_methods = {"list", "show", "tab", "add", "edit"}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        edit = self.edit_offers(actor, is_main=True)
        return [self.opening_offer(), *edit, *operation_offers(self, actor)]

    def detail_buttons(self, record: Any, actor: Actor, facts: Any) -> list[Button]:
        return [
            *operation_buttons(self, actor, record, facts),
            *self.edit_buttons(record, actor, facts, is_main=True),
        ]
