"""Tabs, filters and orders of the list of handovers, on pages and in the API (HAND-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import not_

from app.customers.shared.queries import openable_names
from app.handover.handovers.choices import REASON, STAGE
from app.handover.handovers.models import Handover
from app.handover.handovers.queries import (
    is_open,
    own_handovers,
    visible_handovers,
    waiting_handovers,
    waits_for,
)
from app.kernel.access.current import current_actor
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, FlagFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab
from app.org.shared.fields import staff_name

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

_T = Handover.__table__.c
TABS = (
    ListTab("all", _("All handovers"), visible_handovers),
    ListTab("waiting", _("Waiting for me"), waiting_handovers),
    ListTab("mine", _("Mine"), own_handovers),
)


class _WaitingFilter(FlagFilter):
    """Handovers that wait for the person who asks, or for others."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        condition = waits_for(actor)
        return statement.where(condition if value else not_(condition))


def _staff_url() -> str:
    return url_for("OptionsView.staff")


def _customers_url() -> str:
    return url_for("CustomerView.options")


def _customer_name(pk: int) -> str:
    return openable_names([pk], current_actor()).get(pk, "")


SPEC = ListSpec(
    (
        ChoiceFilter("stage", _("Stage of handover"), _T.stage, STAGE),
        _WaitingFilter("waiting_for_me", _("Waiting for me"), is_open),
        FlagFilter("open", _("Open"), is_open),
        ReferenceFilter("customer_id", _("Customer"), _T.customer_id, _customers_url, _customer_name),
        ReferenceFilter("former_owner_id", _("Former owner"), _T.former_owner_id, _staff_url, staff_name),
        ReferenceFilter("receiver_id", _("Receiver"), _T.receiver_id, _staff_url, staff_name),
        ChoiceFilter("reason", _("Reason"), _T.reason, REASON),
        DateRangeFilter("created", _("Started"), _T.created_at),
    ),
    {"created_at": _T.created_at},
    "-created_at",
)
