"""Forms of pushes; the API reads its JSON through the same ones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import TextField
from app.org.shared.fields import staff_field


class PushForm(BaseForm):
    """To whom the customer is offered (POOL-16)."""

    receiver_id = staff_field(_("Receiver"), required(), may=FOLLOWING_UP)
    remark = TextField(_("Remark"), optional(at_most(2000)))


class AnswerForm(BaseForm):
    """A remark on an answer, or on the end of an accepted push (POOL-17)."""

    remark = TextField(_("Remark"), optional(at_most(2000)))
