"""Fields and filters that name a community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.fields.choices import ReferenceField
from app.listings.communities.queries import community_names

if TYPE_CHECKING:
    from wtforms import Field


def communities_url() -> str:
    """Return the address of the choices: communities of the actor's company."""
    return url_for("CommunityView.options")


def community_name(pk: int) -> str:
    """Return the name of a community of the actor's company."""
    return community_names([pk], current_actor()).get(pk, "")


def community_field(validators: list[Any]) -> Field:
    """Return the field for the community of a listing."""
    return ReferenceField(_("Community"), validators, url=communities_url, name_of=community_name)
