"""Forms of matching; the API reads its JSON through the same ones (LST-3)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField
from app.listings.matching.choices import CONDITION, INTEREST
from app.listings.matching.models import REASON_LENGTH


class JudgeForm(BaseForm):
    """What the customer thinks of a listing; ``open`` takes an earlier answer back (LST-3)."""

    state = ChoiceField(_("What the customer says"), INTEREST, required())
    reason = LineField(
        _("Reason"), optional(at_most(REASON_LENGTH)), description=_("Why a listing was refused")
    )


class MustsForm(BaseForm):
    """The conditions without which a home is no match; the others only count (LST-3)."""

    district = YesNoField(CONDITION.labels["district"])
    price = YesNoField(CONDITION.labels["price"])
    area = YesNoField(CONDITION.labels["area"])
    rooms = YesNoField(CONDITION.labels["rooms"])
