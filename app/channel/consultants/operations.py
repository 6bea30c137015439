"""Operations on property consultants, one declaration each (CH-20)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.consultants import forms, policies
from app.channel.consultants.services import depart_consultant
from app.channel.referrals.queries import count_bound
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.kernel.errors import Sentence
    from app.org.shared.models import Staff


def _count_bound(staff: Staff) -> int:
    return count_bound([staff.id])[staff.id]


def _bound_customers(staff: Staff) -> Sentence:
    number = _count_bound(staff)
    if not number:
        return ""
    return gettext("%(n)s bound customers have to be given to another consultant", n=number)


DEPART = Operation(
    name="depart",
    label=_("Depart"),
    icon="fa-user-xmark",
    form=forms.DepartForm,
    policy=policies.can_depart_consultant,
    service=depart_consultant,
    answer=Answer(_("%(name)s has departed")),
    page=OperationPage(
        ask=_("The account is closed at once, and all sessions end. Go on?"),
        hint=_(
            "All customers assigned to this consultant go to the receiver, who is told. Referrals, scans and "
            "tours of the past keep their consultant."
        ),
        warning=_bound_customers,
        form_for=lambda staff: partial(forms.DepartForm, staff.id, has_bound=_count_bound(staff) > 0),
        goes_to=lambda _staff: url_for("ConsultantView.list"),
        in_list=True,
    ),
    api=OperationApi(
        summary="Closes the account of a consultant, and gives their customers to another (CH-20)."
    ),
)
ON_CONSULTANTS = (DEPART,)
