"""Forms of handovers; the API reads its JSON through the same ones (HAND-1 … HAND-9)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP
from app.handover.handovers.choices import ITEM_KIND, REASON
from app.kernel.fields.choices import ChoiceField, ReferencesField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField, TextField
from app.org.shared.fields import staff_field

_WORDS = 500


class StartForm(BaseForm):
    """To whom the customer goes, and why (HAND-1)."""

    to_owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)
    reason = ChoiceField(_("Reason"), REASON, required())


class StartManyForm(BaseForm):
    """Starts handovers of customers to one colleague, all of them or none (HAND-1)."""

    customer_ids = ReferencesField(
        _("Customers"), required(), url=lambda: url_for("CustomerView.options"), names_of=lambda _ids: {}
    )
    to_owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)
    reason = ChoiceField(_("Reason"), REASON, required())


class ReceiverForm(BaseForm):
    """Another receiver (HAND-9)."""

    to_owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)


class BackForm(BaseForm):
    """Why a handover goes back, is declined or cancelled."""

    reason = LineField(_("Reason"), required(at_most(200)))


class AddItemForm(BaseForm):
    """Something more to pass on (HAND-2)."""

    kind = ChoiceField(_("Kind of item"), ITEM_KIND, optional(), default="basic_info")
    description = TextField(_("Description"), required(at_most(_WORDS)))


class ItemForm(BaseForm):
    """Whether an item was passed on, and what the receiver should know of it (HAND-2)."""

    done = YesNoField(_("Done"))
    note = TextField(_("Note"), optional(at_most(_WORDS)))
