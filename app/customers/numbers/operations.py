"""The operations on a customer's number, one declaration each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.numbers import forms, policies, services
from app.customers.numbers.serializers import RevealedNumber
from app.customers.shared.queries import get_customer
from app.kernel.access.current import current_actor
from app.kernel.pages.answers import Answer
from app.kernel.pages.elements import DetailPage
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.numbers.models import NumberReveal
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


def _show_number(reveal: NumberReveal) -> str:
    actor = current_actor()
    customer = get_customer(reveal.customer_id, actor=actor)
    page = DetailPage(customer.name, url_for("CustomerView.show", pk=customer.id), [])
    return render_template(
        "customers/reveal.html",
        page=page,
        phone=services.revealed_number(reveal, actor),
        name=customer.name,
        viewer=actor.name,
        remaining=services.remaining_reveals(actor),
    )


def quota_left(actor: Actor) -> Sentence:
    """Return how many numbers the actor may still look at today, as the form of a reveal says it."""
    return gettext("Numbers you can still reveal today: %(n)s", n=services.remaining_reveals(actor))


def _number_record(reveal: NumberReveal) -> RevealedNumber:
    return {"phone": services.revealed_number(reveal, current_actor())}


REVEAL_PHONE = Operation(
    name="reveal_phone",
    label=_("Reveal number"),
    icon="fa-eye",
    form=forms.RevealForm,
    policy=policies.can_reveal_phone,
    service=services.reveal_phone,
    answer=Answer(_("The number of %(name)s was revealed")),
    page=OperationPage(
        submit_label=_("Reveal"),
        hint=_("Every look is recorded with its purpose and counts against today's quota."),
        note=quota_left,
        done=_show_number,
    ),
    api=OperationApi(
        answer=_number_record,
        returns=RevealedNumber,
        refusals=(429,),
    ),
)
CHANGE_PHONE = Operation(
    name="change_phone",
    label=_("Change number"),
    icon="fa-mobile-screen",
    form=forms.ChangePhoneForm,
    policy=policies.can_change_phone,
    service=services.change_phone,
    answer=Answer(_("The number of %(name)s was changed")),
    page=OperationPage(
        submit_label=_("Change"),
        hint=_("The change is recorded with the numbers masked."),
        form_for=lambda customer: forms.KnownPhoneForm if customer.phone else forms.FirstPhoneForm,
    ),
    api=OperationApi(
        refusals=(429,),
    ),
)
