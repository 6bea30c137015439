"""Forms of tours; the API reads its JSON through the same ones (CH-21)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.tours import choices
from app.channel.tours.services import MAX_CONTENT
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import LineField, TextField

_TOKEN = 500


class IntentionForm(BaseForm):
    """The customer's intention, as the consultant judges it (CH-21)."""

    intention = ChoiceField(_("Intention"), choices.INTENTION, required())


class TourForm(IntentionForm):
    """A tour of the customer of a viewing code (CH-21)."""

    token = LineField(_("Code"), required(at_most(_TOKEN)))


class TourFollowUpForm(BaseForm):
    """A follow-up of a tour (CH-21)."""

    content = TextField(_("Content"), required(at_most(MAX_CONTENT)))
