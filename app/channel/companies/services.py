"""Broker companies (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.channel.companies import policies
from app.channel.companies.models import BrokerCompany
from app.channel.companies.parts import companies_in_use
from app.channel.companies.queries import get_company
from app.channel.shared.permissions import BrokerCompanyPermission
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.fields.phones import NO_NUMBER, canonical_phone
from app.kernel.folding import search_key
from app.kernel.text import clean_line
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


_LIMITS = {"name": 120, "contact": 60, "address": 200}


@transactional
def create_company(
    *, name: str, contact: str = "", phone: str = "", address: str = "", actor: Actor
) -> BrokerCompany:
    """Create a broker company, which registering brokers may choose.

    :raises Invalid: for an empty name or a wrong number.
    :raises Denied: 403 by rule; ``broker_company.name_taken``.
    """
    values = _read({"name": name, "contact": contact, "phone": phone, "address": address})
    policies.can_keep_companies(actor, BrokerCompanyPermission.CREATE).enforce()
    _refuse_taken(values["name"])
    company = BrokerCompany(**values, active=True, created_at=clock.now())
    db.session.add(company)
    db.session.flush()
    audit.record(
        actor, "broker_company.create", company, N_("Broker company %(name)s created"), name=company.name
    )
    return company


@transactional
def edit_company(pk: int, *, active: bool | None = None, actor: Actor, **fields: str) -> BrokerCompany:
    """Change a broker company; ``active`` False disables it: no broker can register for it any more.

    :raises Invalid: for an empty name or a wrong number.
    :raises Denied: 403 by rule; ``broker_company.name_taken``.
    """
    company = get_company(pk, actor=actor, lock=True)
    values: dict[str, str | bool] = {**_read(fields)}
    policies.can_keep_companies(actor, BrokerCompanyPermission.UPDATE).enforce()
    if active is not None:
        values["active"] = active
    changed = {
        name: (getattr(company, name), value)
        for name, value in values.items()
        if getattr(company, name) != value
    }
    if "name" in changed:
        _refuse_taken(str(values["name"]), exclude=pk)
    for name, value in values.items():
        setattr(company, name, value)
    if changed:
        audit.record(actor, "broker_company.edit", company, N_("Broker company edited"), changed)
    return company


@transactional
def delete_company(pk: int, *, actor: Actor) -> BrokerCompany:
    """Delete a company that never had brokers or referrals; others are disabled instead.

    :raises Denied: 403 by rule; ``broker_company.in_use``.
    """
    company = get_company(pk, actor=actor, lock=True)
    facts = policies.CompanyFacts(in_use=bool(companies_in_use([pk])))
    policies.can_delete_company(actor, company, facts).enforce()
    audit.record(
        actor, "broker_company.delete", company, N_("Broker company %(name)s deleted"), name=company.name
    )
    db.session.delete(company)
    return company


def _read(fields: dict[str, str]) -> dict[str, str]:
    """Return the given fields as stored; the phone is a business number and may be empty (ACC-9)."""
    found = {}
    for name, given in fields.items():
        value = clean_line(given or "")
        if name == "phone":
            value = _number(value)
        elif len(value) > _LIMITS[name]:
            raise Invalid(**{name: _("At most %(n)s characters", n=_LIMITS[name])})
        found[name] = value
    if "name" in found and not search_key(found["name"]):
        raise Invalid(name=_("This field is required"))
    return found


def _number(text: str) -> str:
    if not text:
        return ""
    try:
        return canonical_phone(text)
    except ValueError:
        raise Invalid(phone=NO_NUMBER) from None


def _refuse_taken(name: str, *, exclude: int | None = None) -> None:
    statement = select(BrokerCompany.id).where(BrokerCompany.name_search == search_key(name))
    found = db.session.scalars(statement).all()
    if [pk for pk in found if pk != exclude]:
        name_taken().enforce()


def name_taken() -> Decision:
    """Refuse a name that is taken."""
    return conflict("broker_company.name_taken", _("There is a broker company of this name"), field="name")
