"""Forms of collisions and rebinding; the API reads its JSON through the same ones (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.channel.brokers.fields import broker_field
from app.channel.collisions import choices, policies
from app.channel.shared.forms import MAX_REASON
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.texts import TextField
from app.kernel.fields.validators import at_most, required


class RebindForm(BaseForm):
    """Give the binding to another broker (CH-23)."""

    broker_id = broker_field(_("Broker"), required())
    reason = TextField(_("Reason"), required(at_most(MAX_REASON)))


class HandleForm(BaseForm):
    """Decide a collision (CH-19)."""

    outcome = ChoiceField(_("Outcome"), choices.COLLISION_OUTCOME, required())
    note = TextField(_("Note"), required(at_most(2000)))
    sections = (("", ("outcome", "note")),)


class OutcomeField(ChoiceField):
    """An outcome field that shows rebinding but refuses it, with the reason, where it is impossible."""

    def _choices(self) -> list[Any]:
        barred = {"disabled": True, "title": str(self.description)}
        return [
            (code, label, barred) if code == "rebind" else (code, label) for code, label in super()._choices()
        ]


class HandleOverForm(HandleForm):
    """Decide a collision whose binding is over."""

    outcome = OutcomeField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NOTHING_TO_REBIND
    )


class HandleVisitorForm(HandleForm):
    """Decide a collision with a visitor, who has no broker."""

    outcome = OutcomeField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NO_BROKER_TO_REBIND_TO
    )
