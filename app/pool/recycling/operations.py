"""The operations of recycling: a customer into the public pool, a rule away (POOL-19)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared.operations import present_url
from app.customers.shared.serializers import customer_record
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage, without_facts
from app.pool.recycling import forms, policies
from app.pool.recycling.permissions import RecyclingRulePermission
from app.pool.recycling.rules import delete_rule
from app.pool.recycling.services import recycle_to_pool

RECYCLE = Operation(
    name="recycle",
    label=_("To the public pool"),
    icon="fa-recycle",
    form=forms.RecycleForm,
    policy=policies.can_recycle,
    service=recycle_to_pool,
    answer=Answer(
        _("%(name)s is in the public pool now"),
        _("%(num)s customers are in the public pool now"),
        {"tab": "public_pool"},
    ),
    page=OperationPage(
        hint=_("The owner loses the customer; colleagues of the department may claim it."),
        goes_to=present_url,
        is_danger=True,
    ),
    api=OperationApi(
        answer=customer_record, summary="Puts a personal customer into the public pool (POOL-19)."
    ),
    batch=OperationBatch(),
)
DELETE_RULE = Operation(
    name="delete",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=without_facts(policies.can_keep_rules),
    service=delete_rule,
    answer=Answer(_("The rule was deleted")),
    permission=RecyclingRulePermission.DELETE,
    page=OperationPage(
        ask=_("Delete this rule? From the next run on the remaining ones hold."),
        goes_to=lambda _rule: url_for("RecyclingRuleView.list"),
        in_list=True,
        is_danger=True,
    ),
)
