"""Fields that name a project, broker company, broker or consultant, chosen by remote search.

Names are shown of what the reader can open only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from app.channel.models import Broker, BrokerCompany, Project
from app.channel.queries import (
    offered_consultants,
    visible_brokers,
    visible_companies,
    visible_consultants,
    visible_projects,
)
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.choices import ReferenceField, ReferencesField
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Select
    from wtforms import Field

    from app.kernel.access.actor import Actor


def names_of(
    visible: Callable[[Actor], Select[Any]], model: type[Any]
) -> Callable[[Iterable[int]], dict[int, str]]:
    """A function that answers the names of records that the reader can open, by id."""

    def names(pks: Iterable[int]) -> dict[int, str]:
        wanted = visible(current_actor()).where(model.id.in_(list(pks)))
        return dict(db.session.execute(wanted.with_only_columns(model.id, model.name)).all())

    return names


broker_names = names_of(visible_brokers, Broker)
company_names = names_of(visible_companies, BrokerCompany)
project_names = names_of(visible_projects, Project)
_kept_consultants = names_of(visible_consultants, Staff)
_offered_consultants = names_of(offered_consultants, Staff)


def broker_name(pk: int) -> str:
    """A broker's name."""
    return broker_names([pk]).get(pk, "")


def company_name(pk: int) -> str:
    """A broker company's name."""
    return company_names([pk]).get(pk, "")


def project_name(pk: int) -> str:
    """A project's name."""
    return project_names([pk]).get(pk, "")


def consultant_name(pk: int) -> str:
    """A consultant's name; of one who works no more, for those who keep consultants."""
    return _offered_consultants([pk]).get(pk) or _kept_consultants([pk]).get(pk, "")


def options_url(name: str, **arguments: Any) -> Callable[[], str]:
    """Where the choices of that name come from: ``brokers``, ``companies``, ``projects``, ``consultants`` or
    ``plots``; ``usable=1`` leaves out those that a form would refuse.
    """
    return lambda: url_for(f"ChannelOptionsView.{name}", **arguments)


def broker_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A broker who may work."""
    return ReferenceField(
        label, validators, url=options_url("brokers", usable=1), name_of=broker_name, **kwargs
    )


def company_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A broker company that is in use."""
    return ReferenceField(
        label, validators, url=options_url("companies", usable=1), name_of=company_name, **kwargs
    )


def project_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """An active project."""
    return ReferenceField(
        label, validators, url=options_url("projects", usable=1), name_of=project_name, **kwargs
    )


def projects_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Several projects."""
    return ReferencesField(label, validators, url=options_url("projects"), names_of=project_names, **kwargs)


def consultant_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A consultant of a project that the person works with."""
    return ReferenceField(
        label, validators, url=options_url("consultants"), name_of=consultant_name, **kwargs
    )
