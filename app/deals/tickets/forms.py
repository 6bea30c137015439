"""Forms of service tickets; the API reads its JSON through the same ones (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.shared.fields import customer_field, edited_owner_field, owner_field
from app.deals.shared.models import TITLE_LENGTH
from app.deals.tickets.choices import KIND, PRIORITY
from app.deals.tickets.services import FIELDS, NORMAL
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import MomentField, VersionField
from app.kernel.fields.texts import LineField, TextField

_TEXT = 4000


class TicketForm(BaseForm):
    """A new service ticket of a customer (CUST-16)."""

    customer_id = customer_field()
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    kind = ChoiceField(FIELDS["kind"].label, KIND, optional(), default="question")
    priority = ChoiceField(FIELDS["priority"].label, PRIORITY, optional(), default=NORMAL)
    due_at = MomentField(FIELDS["due_at"].label, optional())
    owner_id = owner_field()
    description = TextField(FIELDS["description"].label, optional(at_most(_TEXT)))


class TicketEditForm(BaseForm):
    """An edit of a ticket; ``version`` is the save it began from (CUST-20)."""

    version = VersionField(_("Version"), optional())
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    kind = ChoiceField(FIELDS["kind"].label, KIND, optional())
    priority = ChoiceField(FIELDS["priority"].label, PRIORITY, optional())
    due_at = MomentField(FIELDS["due_at"].label, optional())
    owner_id = edited_owner_field()
    description = TextField(FIELDS["description"].label, optional(at_most(_TEXT)))


class SolveForm(BaseForm):
    """How a ticket was solved."""

    solution = TextField(_("Solution"), optional(at_most(2000)))
