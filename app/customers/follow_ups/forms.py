"""The form of a follow-up; the API reads its JSON through the same one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import MomentField
from app.kernel.fields.texts import TextField
from app.kernel.fields.uploads import FilesField


class FollowUpForm(BaseForm):
    """A follow-up (POOL-18)."""

    content = TextField(_("Content"), required(at_most(4000)))
    method = ChoiceField(_("Method"), choices.METHOD, required(), default="phone")
    next_contact_at = MomentField(_("Next contact"), optional())
    files = FilesField(_("Attachments"), optional())
