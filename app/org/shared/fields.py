"""Fields that name the organisation, chosen by remote search (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.fields.choices import ReferenceField, ReferencesField
from app.org.shared.models import Company, Department, District, Staff
from app.org.shared.queries import district_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wtforms import Field


def _name_of(model: Any) -> Callable[[int], str]:
    def name(pk: int) -> str:
        found = db.session.get(model, pk)
        return str(found.name) if found else ""

    return name


staff_name = _name_of(Staff)
department_name = _name_of(Department)
district_name = _name_of(District)
company_name = _name_of(Company)


def staff_names(pks: Iterable[int]) -> dict[int, str]:
    """Staff by id."""
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(list(pks))))
    return dict(rows.all())


def department_names(pks: Iterable[int]) -> dict[int, str]:
    """Departments by id."""
    rows = db.session.execute(select(Department.id, Department.name).where(Department.id.in_(list(pks))))
    return dict(rows.all())


def options_url(name: str) -> Callable[[], str]:
    """Where the choices of that name come from."""
    return lambda: url_for(f"OptionsView.{name}")


def staff_field(label: Any, validators: list[Any], *, may: str = "", **kwargs: Any) -> Field:
    """A colleague of one's company; of those only who may do a kind of work, where it is given (ACC-15)."""

    def url() -> str:
        return url_for("OptionsView.staff", may=may or None)

    return ReferenceField(label, validators, url=url, name_of=staff_name, **kwargs)


def member_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Somebody of the staff that one looks after, of whatever company."""
    return ReferenceField(label, validators, url=options_url("members"), name_of=staff_name, **kwargs)


def department_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A department."""
    return ReferenceField(
        label, validators, url=options_url("departments"), name_of=department_name, **kwargs
    )


def departments_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Several departments."""
    return ReferencesField(
        label, validators, url=options_url("departments"), names_of=department_names, **kwargs
    )


def company_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A company."""
    return ReferenceField(label, validators, url=options_url("companies"), name_of=company_name, **kwargs)


def district_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """A district."""
    return ReferenceField(label, validators, url=options_url("districts"), name_of=district_name, **kwargs)


def districts_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Several districts."""
    return ReferencesField(label, validators, url=options_url("districts"), names_of=district_names, **kwargs)
