"""Forms of listings; the API reads its JSON through the same ones (LST-1)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import REQUIRED, BaseForm, InputRequired, at_most, between, optional, required
from app.kernel.fields.numbers import MoneyField, VersionField, WholeField
from app.kernel.fields.texts import LineField, TextField
from app.listings.communities.fields import community_field
from app.listings.homes import choices
from app.listings.homes.queries import MAINTAINING
from app.listings.homes.services import LABELS
from app.org.shared.fields import staff_field

MAX_PRICE = 10**10
MAX_AREA = 10**6
_ROOMS, _FLOORS = 99, 200


class ListingForm(BaseForm):
    """A new listing: where it is, what it is like, what it costs (LST-1)."""

    community_id = community_field(required())
    kind = ChoiceField(LABELS["kind"], choices.KIND, required())
    price = MoneyField(
        LABELS["price"], required(), high=MAX_PRICE, description=_("CNY; of a rent, for a month")
    )
    area = MoneyField(LABELS["area"], required(), high=MAX_AREA, measure="area")
    rooms = WholeField(LABELS["rooms"], [InputRequired(message=REQUIRED), between(0, _ROOMS)])
    halls = WholeField(LABELS["halls"], optional(between(0, _ROOMS)))
    baths = WholeField(LABELS["baths"], optional(between(0, _ROOMS)))
    floor = WholeField(LABELS["floor"], optional(between(-9, _FLOORS)))
    floors = WholeField(LABELS["floors"], optional(between(1, _FLOORS)))
    orientation = ChoiceField(LABELS["orientation"], choices.ORIENTATION, optional())
    decoration = ChoiceField(LABELS["decoration"], choices.DECORATION, optional())
    tags = LineField(LABELS["tags"], optional(at_most(200)), description=_("With commas between"))
    agent_id = staff_field(
        _("Maintaining agent"),
        optional(),
        may=MAINTAINING,
        description=_("Yourself, where nobody is chosen"),
    )
    description = TextField(LABELS["description"], optional(at_most(5000)))

    def split(self) -> dict[str, Any]:
        """Return the arguments of the service that enters it."""
        values = self.values()
        where = {name: values.pop(name) for name in ("community_id", "agent_id")}
        return {**where, "values": values}


class ListingEditForm(ListingForm):
    """An edit of a listing; ``version`` is the save that it began from (CUST-20)."""

    version = VersionField(_("Version"), optional())
