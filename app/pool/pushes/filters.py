"""Tabs, filters and orders of the list of pushes, on pages and in the API (POOL-17)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.pushes import Push
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab
from app.org.shared.fields import staff_name
from app.pool.pushes.queries import received_pushes, sent_pushes, waiting_pushes

TABS = (
    ListTab("waiting", _("Waiting for me"), waiting_pushes),
    ListTab("received", _("Pushed to me"), received_pushes),
    ListTab("sent", _("Pushed by me"), sent_pushes),
)
SPEC = ListSpec(
    (
        ChoiceFilter("state", _("State"), Push.state, choices.PUSH_STATE),
        ReferenceFilter(
            "sender_id", _("Sender"), Push.sender_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ReferenceFilter(
            "receiver_id", _("Receiver"), Push.receiver_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        DateRangeFilter("created", _("Time"), Push.created_at),
    ),
    {"created_at": Push.created_at},
    "-created_at",
)
