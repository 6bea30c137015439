"""Forms of shelving; the API reads its JSON through the same ones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import MomentField, YesNoField
from app.kernel.fields.texts import TextField
from app.org.shared.fields import staff_field
from app.pool.shelving.choices import SHELVED_AS


class UnshelveForm(BaseForm):
    """Why the customer leaves the shelf (POOL-8)."""

    reason = ChoiceField(_("Reason"), choices.UNSHELVE_REASON, required())
    remark = TextField(_("Remark"), optional(at_most(2000)))
    next_contact_at = MomentField(_("Next contact"), optional(), description=_("Makes a to-do"))


def _viewing_field() -> MomentField:
    return MomentField(
        _("Time of the viewing"),
        optional(),
        render_kw={"data-show-when": "viewing_booked=y"},
        description=_("Left empty: in 24 hours"),
    )


class ShelveForm(BaseForm):
    """Who works on the customer from now on (POOL-9, POOL-10): of either kind, as the API and batches ask."""

    follow_status = ChoiceField(
        _("Status"), SHELVED_AS, optional(), description=_("Of a personal customer; the owner handles it")
    )
    handler_id = staff_field(
        _("Handler"),
        optional(),
        may=FOLLOWING_UP,
        description=_("Of a platform customer; with yourself it becomes privately yours"),
    )
    remark = TextField(_("Remark"), required(at_most(2000)))
    viewing_booked = YesNoField(_("Viewing booked"))
    viewing_at = _viewing_field()


class ShelvePersonalForm(BaseForm):
    """A personal customer goes back to its owner, who follows it or has to deal with it (POOL-9)."""

    follow_status = ChoiceField(_("Status"), SHELVED_AS, required(), default="following")
    viewing_booked = YesNoField(
        _("Viewing booked"),
        render_kw={"data-show-when": "follow_status=pending"},
        description=_("Makes a to-do for the handler"),
    )
    viewing_at = _viewing_field()
    remark = TextField(_("Remark"), required(at_most(2000)))


class ShelvePlatformForm(BaseForm):
    """A platform customer goes to a handler (POOL-10)."""

    handler_id = staff_field(
        _("Handler"),
        required(),
        may=FOLLOWING_UP,
        description=_("With yourself the customer becomes privately yours"),
    )
    viewing_booked = YesNoField(_("Viewing booked"), description=_("Makes a to-do for the handler"))
    viewing_at = _viewing_field()
    remark = TextField(_("Remark"), required(at_most(2000)))


class ShelveMixedForm(BaseForm):
    """Customers of both kinds at once (OFF-4): the handler is for those of the platform, the status for the
    personal ones.
    """

    sections = (
        (_("Customers of the platform"), ("handler_id",)),
        (_("Personal customers"), ("follow_status",)),
        (_("All chosen"), ("viewing_booked", "viewing_at", "remark")),
    )
    handler_id = staff_field(
        _("Handler"),
        required(),
        may=FOLLOWING_UP,
        description=_("With yourself the customer becomes privately yours"),
    )
    follow_status = ChoiceField(_("Status"), SHELVED_AS, required(), default="following")
    viewing_booked = YesNoField(_("Viewing booked"), description=_("Makes a to-do for the handler"))
    viewing_at = _viewing_field()
    remark = TextField(_("Remark"), required(at_most(2000)))


SHELVE_FORMS = {"personal": ShelvePersonalForm, "platform": ShelvePlatformForm}


def form_for_pools(pools: frozenset[str]) -> type[BaseForm]:
    """Return the form that asks for what customers of these pools need to be shelved (POOL-9, POOL-10)."""
    return SHELVE_FORMS[next(iter(pools))] if len(pools) == 1 else ShelveMixedForm
