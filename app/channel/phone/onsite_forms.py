"""Forms of people who work on site: reading a code, confirming an arrival, a tour and its follow-up (CH-13,
CH-21).
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.phone.fields import OnceForm, PickField
from app.channel.tours import forms
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField

MAX_CODE, MAX_TAIL = 500, 8


class CodeForm(BaseForm):
    """A code that was read from a picture, or typed with the last four digits (CH-13, CH-30)."""

    code = LineField(
        _("Customer code"),
        required(at_most(MAX_CODE)),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    tail = LineField(
        _("Last four digits"),
        optional(at_most(MAX_TAIL)),
        render_kw={"type": "tel", "inputmode": "numeric", "autocomplete": "off", "maxlength": "4"},
    )


class ArrivalForm(OnceForm):
    """The consultant who receives the customer, always chosen by hand; the address has the code and the
    project (CH-13).
    """

    consultant_id = PickField(_("Property consultant"), required())


class TourOnceForm(OnceForm, forms.IntentionForm):
    """The customer's intention; the address has the code (CH-21)."""


class AfterTourForm(OnceForm, forms.TourFollowUpForm):
    """A follow-up of a tour (CH-21)."""
