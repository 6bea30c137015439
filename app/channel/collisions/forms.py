"""Forms of collisions and rebinding; the API reads its JSON through the same ones (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.channel.brokers.fields import broker_field
from app.channel.collisions import choices, policies
from app.channel.shared.forms import MAX_REASON
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import TextField


class RebindForm(BaseForm):
    """The broker who gets the binding (CH-23)."""

    broker_id = broker_field(_("Broker"), required())
    reason = TextField(_("Reason"), required(at_most(MAX_REASON)))


class HandleForm(BaseForm):
    """The decision of a collision (CH-19); of a probable one, whether it is one (CH-8)."""

    outcome = ChoiceField(_("Outcome"), choices.COLLISION_OUTCOME, required())
    note = TextField(_("Note"), required(at_most(2000)))
    sections = (("", ("outcome", "note")),)


class OutcomeField(ChoiceField):
    """The outcomes of one kind of collision."""

    kind = "certain"

    def _choices(self) -> list[Any]:
        offered = ("", *choices.OUTCOMES[self.kind])
        return [(code, label) for code, label in super()._choices() if code in offered]


class OutcomeWithoutRebindingField(OutcomeField):
    """The outcomes where rebinding is impossible: it is shown disabled, with the reason."""

    def _choices(self) -> list[Any]:
        barred = {"disabled": True, "title": str(self.description)}
        return [
            (code, label, barred) if code == "rebind" else (code, label) for code, label in super()._choices()
        ]


class ProbableOutcomeField(OutcomeField):
    """The outcomes of a probable collision: the same person, or different persons."""

    kind = "probable"


class HandleCertainForm(HandleForm):
    """The decision of a collision whose binding is still live (CH-19)."""

    outcome = OutcomeField(_("Outcome"), choices.COLLISION_OUTCOME, required())


class HandleProbableForm(HandleForm):
    """The decision whether two customers with the same number and similar names are one (CH-8)."""

    outcome = ProbableOutcomeField(
        _("Outcome"),
        choices.COLLISION_OUTCOME,
        required(),
        description=_(
            "The same person: it is decided as a collision next, where exactly one of the two is bound. "
            "Different persons: both stay as they are."
        ),
    )


class HandleOverForm(HandleForm):
    """The decision of a collision whose binding is over."""

    outcome = OutcomeWithoutRebindingField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NOTHING_TO_REBIND
    )


class HandleVisitorForm(HandleForm):
    """The decision of a collision with a visitor, who has no broker."""

    outcome = OutcomeWithoutRebindingField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NO_BROKER_TO_REBIND_TO
    )
