"""Forms of communities (LST-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import DegreesField, VersionField
from app.kernel.fields.texts import LineField
from app.listings.communities.models import NAME_LENGTH
from app.listings.communities.services import FIELDS
from app.org.shared.fields import district_field

_ADDRESS = 200
_EAST, _NORTH = 180, 90


class CommunityForm(BaseForm):
    """A new community (LST-1)."""

    name = LineField(FIELDS["name"], required(at_most(NAME_LENGTH)))
    district_id = district_field(FIELDS["district_id"], required())
    address = LineField(FIELDS["address"], optional(at_most(_ADDRESS)))
    longitude = DegreesField(
        FIELDS["longitude"],
        optional(),
        most=_EAST,
        description=_("As the map's coordinate picker says (GCJ-02)"),
    )
    latitude = DegreesField(FIELDS["latitude"], optional(), most=_NORTH)


class CommunityEditForm(CommunityForm):
    """An edit of a community; ``version`` is the save that it began from."""

    version = VersionField(_("Version"), optional())
