"""The form of a saved view (OFF-5)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField
from app.kernel.pages.list_views import MAX_NAME


class ViewForm(BaseForm):
    """The name of a view, and what it is for."""

    name = LineField(_("Name"), required(at_most(MAX_NAME)))
    is_default = YesNoField(_("Opens by itself"), description=_("When the list is opened from the menu"))


class SharedViewForm(ViewForm):
    """The same for those who may share views."""

    is_shared = YesNoField(
        _("Shared with the department"),
        description=_("Colleagues see the view above their list, with the records of their own scope"),
    )
