"""Form fields for staff, departments, companies and districts, chosen by remote search (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.fields.choices import ReferenceField, ReferencesField
from app.org.shared.directory import COLLEAGUES, DEPARTMENTS, DISTRICTS
from app.org.shared.models import Company, Department, Staff
from app.org.shared.queries import district_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wtforms import Field


def _name_of(model: Any) -> Callable[[int], str]:
    def name(pk: int) -> str:
        found = db.session.get(model, pk)
        return str(found.name) if found else ""

    return name


staff_name = COLLEAGUES.name
department_name = DEPARTMENTS.name
district_name = DISTRICTS.name
company_name = _name_of(Company)


def staff_names(pks: Iterable[int]) -> dict[int, str]:
    """Return staff names by id."""
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(list(pks))))
    return dict(rows.all())


def department_names(pks: Iterable[int]) -> dict[int, str]:
    """Return department names by id."""
    rows = db.session.execute(select(Department.id, Department.name).where(Department.id.in_(list(pks))))
    return dict(rows.all())


def options_url(name: str, **asking: Any) -> Callable[[], str]:
    """Return the address of the choices of that name."""
    return lambda: url_for(f"OptionsView.{name}", **asking)


class _OfCompany(ReferenceField):
    """A colleague or a department; on the form of a record only those of the record's company (ACC-15)."""

    company_id: int | None = None

    def __init__(
        self,
        label: Any,
        validators: list[Any],
        choices: str,
        *,
        asking: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, url=self._address, **kwargs)
        self._choices, self._asking = choices, dict(asking or {})

    def _address(self) -> str:
        return url_for(f"OptionsView.{self._choices}", **self._asking, company_id=self.company_id)

    def narrow_to(self, record: Any) -> None:
        self.company_id = getattr(record, "company_id", None)


def staff_field(label: Any, validators: list[Any], *, may: str = "", **kwargs: Any) -> Field:
    """Return a field for a colleague of the actor's company; with a kind of work, only those who may do it
    (ACC-15).
    """
    return _OfCompany(label, validators, "staff", name_of=staff_name, asking={"may": may or None}, **kwargs)


def member_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a member of staff in the actor's scope."""
    return _OfCompany(label, validators, "members", name_of=staff_name, **kwargs)


def department_field(label: Any, validators: list[Any], *, in_scope: bool = False, **kwargs: Any) -> Field:
    """Return a field for a department; ``in_scope``: one that the actor has scope over (ACC-5)."""
    asking = {"scope": int(in_scope) or None}
    return _OfCompany(label, validators, "departments", name_of=department_name, asking=asking, **kwargs)


def departments_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for several departments."""
    return ReferencesField(
        label, validators, url=options_url("departments"), names_of=department_names, **kwargs
    )


def company_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a company."""
    return ReferenceField(label, validators, url=options_url("companies"), name_of=company_name, **kwargs)


def district_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a district."""
    return ReferenceField(label, validators, url=options_url("districts"), name_of=district_name, **kwargs)


def districts_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for several districts."""
    return ReferencesField(label, validators, url=options_url("districts"), names_of=district_names, **kwargs)
