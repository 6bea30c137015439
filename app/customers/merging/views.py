"""The list of customers that are probably one (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.customers.merging.choices import PAIR_REASON, PAIR_STATE
from app.customers.merging.filters import PAIRS
from app.customers.merging.judging import judge_pairs
from app.customers.merging.models import DuplicatePair
from app.customers.merging.queries import BOTH_FILES, dismissed_pairs, get_pair, open_pairs, visible_pairs
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.presentation import name_of
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_tag, record_address
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.tabs import ListTab
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


_LINK = Markup('<a href="{}">{}</a>')


def _file(customer: Customer) -> str:
    """Show a file with its code and who answers for it."""
    responsible = customer.owner or customer.private_holder or customer.handler or customer.department
    return " · ".join(part for part in (customer.name, customer.code, name_of(responsible)) if part)


def _link_to(customer: Customer) -> Markup:
    return _LINK.format(record_address("CustomerView.show", customer.id), _file(customer))


class DuplicatePairView(ScopedModelView):
    """Lists pairs whose files the person may open both; merged from here, or declared different customers."""

    datamodel = SQLAInterface(DuplicatePair)
    route_base = "/customers/duplicates"
    class_permission_name = "DuplicatePair"
    include_route_methods = {"list", "counts"}
    scope = staticmethod(visible_pairs)
    spec = PAIRS
    tabs = (
        ListTab("open", _("To be decided"), open_pairs),
        ListTab("dismissed", _("Not duplicates"), dismissed_pairs),
    )
    list_options = BOTH_FILES
    list_title = _("Duplicates")
    empty_text = _("No two customers look like one")
    list_columns = ["a", "b", "reason", "score", "state", "found_at", "decided_at"]
    number_columns = frozenset({"score"})
    wide_columns = frozenset({"a", "b"})
    label_columns = {
        "a": _("The older file"),
        "b": _("The newer file"),
        "reason": _("Found by"),
        "score": _("Likeness in percent"),
        "state": _("State"),
        "found_at": _("Found"),
        "decided_at": _("Decided"),
    }
    formatters_columns = {
        "a": lambda pair: _file(pair.a),
        "b": lambda pair: _link_to(pair.b),
        "reason": lambda pair: code_tag(PAIR_REASON, pair.reason),
        "state": lambda pair: code_tag(PAIR_STATE, pair.state),
    }

    def get_record(self, pk: int, actor: Actor) -> DuplicatePair:
        return get_pair(pk, actor=actor)

    def record_title(self, record: DuplicatePair) -> str:
        return record.a.name

    def row_url(self, record: DuplicatePair, _cells: Any) -> str:
        """Lead to the older file."""
        return record_address("CustomerView.show", record.a_id)

    def facts_of(self, records: Sequence[DuplicatePair], actor: Actor) -> Mapping[int, Decision]:
        """Return whether each pair may be merged now."""
        return judge_pairs(records, actor)

    def row_buttons(self, record: DuplicatePair, actor: Actor, facts: Decision) -> list[Button]:
        """Return the way to the comparison, disabled with the reason, and the dismissal."""
        buttons = []
        if record.state == "open" and actor.may(CustomerPermission.MERGE):
            url = url_for("CustomerView.merge", pk=record.a_id, other=record.b_id)
            button = Button(gettext("Compare and merge"), url, "fa-code-merge", reason=facts.reason)
            buttons.append(button)
        return [*buttons, *operation_buttons(self, actor, record, facts, in_list=True)]
