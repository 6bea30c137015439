"""Requests for another stage of a customer (CUST-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.approvals import policies
from app.approvals.choices import STAGE_CHANGE
from app.approvals.kinds import SUPERIOR, Change, Kind, Values, only
from app.audit import services as audit
from app.customers.shared.choices import STAGE
from app.kernel.errors import Invalid
from app.kernel.fields.forms import REQUIRED
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.approvals.models import ApprovalRequest
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def _read(values: Mapping[str, Any]) -> Values:
    stage = only(values, "stage").get("stage")
    if stage is None:
        raise Invalid(**{"values.stage": REQUIRED})
    if stage not in STAGE:
        raise Invalid(**{"values.stage": _("Not one of the choices")})
    return {"stage": stage}


def _present(customer: Customer, _proposed: Values) -> Values:
    return {"stage": customer.stage}


def _apply(customer: Customer, request: ApprovalRequest, actor: Actor) -> None:
    before, after = customer.stage, request.proposed["stage"]
    customer.move_to_stage(after)
    customer.bump()
    message = N_("Stage changed to “%(stage)s” by an approved request")
    changed = {"stage": (before, after)}
    audit.record(actor, "customer.change_stage", customer, message, changed, stage=Coded(STAGE, after))


def _difference(before: Mapping[str, Any], proposed: Mapping[str, Any]) -> list[Change]:
    labels = (str(STAGE.label(one["stage"])) for one in (before, proposed))
    return [Change("stage", _("Customer stage"), *labels)]


STAGES = Kind(
    code=STAGE_CHANGE,
    levels=(SUPERIOR,),
    read=_read,
    present=_present,
    policy=policies.can_request_stage,
    check=policies.can_move_to_stage,
    apply=_apply,
    difference=_difference,
)
