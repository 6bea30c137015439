"""The operations of the customer file as form actions: follow up, reveal, change the number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import lazy_gettext as _

from app.customers import forms, policies, services
from app.customers.queries import get_customer
from app.customers.records import RevealedNumber
from app.kernel.actions import FormAction
from app.kernel.current import current_actor
from app.kernel.pages import DetailPage

if TYPE_CHECKING:
    from app.customers.models import NumberReveal


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


def _number_record(reveal: NumberReveal) -> RevealedNumber:
    return {"phone": services.revealed_number(reveal, current_actor())}


FOLLOW_UP = FormAction(
    name="follow_up",
    label=_("Follow up"),
    icon="fa-comment-dots",
    form=forms.FollowUpForm,
    policy=policies.can_follow_up,
    service=services.follow_up,
    submit_label=_("Save"),
    in_list=True,
)
REVEAL_PHONE = FormAction(
    name="reveal_phone",
    label=_("Reveal number"),
    icon="fa-eye",
    form=forms.RevealForm,
    policy=policies.can_reveal_phone,
    service=services.reveal_phone,
    submit_label=_("Reveal"),
    hint=_("Every look is recorded with its purpose and counts against today's quota."),
    done=_show_number,
    answer=_number_record,
    gives=RevealedNumber,
    refusals=(429,),
)
CHANGE_PHONE = FormAction(
    name="change_phone",
    label=_("Change number"),
    icon="fa-mobile-screen",
    form=forms.ChangePhoneForm,
    policy=policies.can_change_phone,
    service=services.change_phone,
    submit_label=_("Change"),
    hint=_("Type the present number completely; the change is recorded with both numbers masked."),
    refusals=(429,),
)
ALL = (FOLLOW_UP, REVEAL_PHONE, CHANGE_PHONE)
