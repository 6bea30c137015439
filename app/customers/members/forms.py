"""The form that adds a colleague to a customer's team."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, required
from app.org.shared.fields import staff_field


class MemberForm(BaseForm):
    """A colleague for the team, and what they may do (CUST-3)."""

    staff_id = staff_field(_("Colleague"), required(), may=FOLLOWING_UP)
    access = ChoiceField(_("Access"), choices.MEMBER_ACCESS, required(), default="read")
