"""The ledger of look-ups as a list, read only: who asked about which number (ACC-17)."""

from __future__ import annotations

from flask import Response, url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.queries import source_label
from app.customers.numbers.choices import LOOKUP_WAY
from app.customers.numbers.models import NumberLookup
from app.customers.numbers.permissions import NumberLookupPermission
from app.customers.numbers.queries import WITH_ACCOUNT, visible_lookups
from app.customers.numbers.serializers import LookupRecord, lookup_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, FlagFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.views import ScopedModelView
from app.org.shared.fields import staff_name

SPEC = ListSpec(
    (
        ReferenceFilter(
            "account_id",
            _("Who"),
            NumberLookup.account_id,
            lambda: url_for("OptionsView.members"),
            staff_name,
        ),
        DateRangeFilter("created", _("Time"), NumberLookup.created_at),
        FlagFilter("hit", _("Known"), lambda: NumberLookup.hit.is_(True)),
        ChoiceFilter("way", _("By way of"), NumberLookup.way, LOOKUP_WAY),
        FlagFilter("stops", _("Stopped the person"), lambda: NumberLookup.stops.is_(True)),
    ),
    {"created_at": NumberLookup.created_at},
    "-created_at",
)


class NumberLookupView(ScopedModelView):
    """Lists look-ups of whole numbers; a number is masked for everybody."""

    datamodel = SQLAInterface(NumberLookup)
    route_base = "/number-lookups"
    class_permission_name = "NumberLookup"
    include_route_methods = {"list"}
    scope = staticmethod(visible_lookups)
    spec = SPEC
    list_options = WITH_ACCOUNT
    list_title = _("Number look-ups")
    empty_text = _("Nobody asked about a number yet")
    list_columns = ["created_at", "account", "phone_masked", "hit", "way", "stops", "source"]
    label_columns = {
        "created_at": _("Time"),
        "account": _("Who"),
        "phone_masked": _("Phone"),
        "hit": _("Known"),
        "way": _("By way of"),
        "stops": _("Stopped the person"),
        "source": _("From address"),
    }
    formatters_columns = {
        "account": lambda row: row.account.display_name,
        "way": lambda row: LOOKUP_WAY.label(row.way),
        "source": lambda row: source_label(row.source),
    }


class NumberLookupApi(KepanApi):
    """``/api/v1/number-lookups``."""

    route_base = "/api/v1/number-lookups"
    class_permission_name = "NumberLookup"
    record_type = LookupRecord

    @expose("", methods=["GET"])
    @endpoint(NumberLookupPermission.READ, lists=SPEC, returns=LookupRecord)
    def get_list(self) -> Response:
        """Look-ups of whole numbers by the caller's people, newest first; numbers are masked (ACC-17)."""
        return self.list_answer(visible_lookups(current_actor()), SPEC, lookup_records, *WITH_ACCOUNT)
