"""Forms of property consultants; the API reads its JSON through the same ones (CH-20)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.channel.projects.fields import consultant_name, projects_field
from app.kernel.fields.choices import ReferenceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import TextField
from app.org.shared.fields import department_field
from app.org.staff.forms import NewcomerForm


class ConsultantForm(NewcomerForm):
    """A new property consultant with a login account (CH-20)."""

    project_ids = projects_field(_("Projects"), required())
    department_id = department_field(_("Department"), required(), in_scope=True)

    sections = (
        (_("Person"), ("name", "phone", "employee_no", "department_id", "project_ids")),
        (_("Sign-in"), ("username", "password")),
    )


class ReceiverField(ReferenceField):
    """A field for another consultant than the one who leaves."""

    leaving: int | None = None

    def __init__(self, label: Any, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, url=self._others, name_of=consultant_name, **kwargs)

    def _others(self) -> str:
        return url_for("ChannelOptionsView.consultants", but=self.leaving)


class DepartForm(BaseForm):
    """The consultant who gets the customers of the one who departs (CH-20)."""

    receiver_id = ReceiverField(
        _("Receiver of the customers"),
        optional(),
        description=_("Has to work at every project where customers are assigned"),
    )
    reason = TextField(_("Reason"), optional(at_most(500)))

    def __init__(self, leaving: int | None = None, *, has_bound: bool = False, **kwargs: Any) -> None:
        """``has_bound``: customers are bound to the one who leaves, so the receiver has a star (OFF-2)."""
        super().__init__(**kwargs)
        self.receiver_id.leaving = leaving
        self.receiver_id.flags.required = has_bound

    def values(self) -> dict[str, Any]:
        """Return the values, with an empty text for a missing reason."""
        found = super().values()
        return {**found, "reason": found["reason"] or ""}
