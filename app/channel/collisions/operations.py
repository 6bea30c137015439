"""Operations on collisions, and rebinding as an operation on referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.collisions import forms, policies
from app.channel.collisions.rebinding import rebind_referral
from app.channel.collisions.services import handle_collision, judge_rebinding
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts

if TYPE_CHECKING:
    from app.channel.collisions.models import Collision
    from app.kernel.fields.forms import BaseForm


def _handling(collision: Collision) -> type[BaseForm]:
    """Return the form for the collision; where rebinding is impossible, it says why (CH-19)."""
    if collision.kind == "probable":
        return forms.HandleProbableForm
    if judge_rebinding(collision):
        return forms.HandleCertainForm
    return forms.HandleOverForm if collision.referral_id else forms.HandleVisitorForm


ON_COLLISIONS = (
    Operation(
        name="handle",
        label=_("Handle"),
        icon="fa-gavel",
        form=forms.HandleForm,
        policy=without_facts(policies.can_handle),
        service=handle_collision,
        answer=Answer(_("The collision over %(name)s was decided")),
        page=OperationPage(
            hint=_(
                "Keep: the binding stays as it is. Rebind: the binding goes to the reporting broker, its "
                "period unchanged, and the binding's other open collisions are settled with it."
            ),
            form_for=_handling,
            in_list=True,
            is_main=True,
        ),
        api=OperationApi(summary="Decides a collision (CH-19); of a probable one, whether it is one (CH-8)."),
    ),
)
ON_REFERRALS = (
    Operation(
        name="rebind",
        label=_("Rebind"),
        icon="fa-right-left",
        form=forms.RebindForm,
        policy=without_facts(policies.can_rebind),
        service=rebind_referral,
        answer=Answer(_("%(name)s was bound to the other broker")),
        page=OperationPage(
            hint=_(
                "The binding moves to the other broker with its period unchanged, this customer code "
                "returns to reported, open collisions are settled, and both brokers are told."
            ),
        ),
        api=OperationApi(summary="Moves the binding to another broker (CH-23)."),
    ),
)
