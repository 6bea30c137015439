"""Add, edit and delete company paths of a customer (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.company_paths.models import CompanyPath
from app.customers.company_paths.policies import can_edit_paths, can_make_default
from app.customers.company_paths.queries import get_path
from app.customers.shared.belongings import take_belongings, unmark_others
from app.customers.shared.log_values import to_log_text
from app.customers.shared.queries import facts_for, get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor

_MARK = "✓"


@transactional
def add_path(
    pk: int, *, path: str, our_code: str | None = None, is_default: bool = False, actor: Actor
) -> CompanyPath:
    """Add a company path to the customer (CUST-12); a default one un-makes the present default."""
    customer = get_customer(pk, actor=actor, lock=True)
    can_edit_paths(actor, customer, facts_for(customer, actor)).enforce()
    if is_default:
        unmark_others(CompanyPath, "is_default", customer)
    made = CompanyPath(
        path=path,
        our_code=our_code,
        customer=customer,
        company_id=customer.company_id,
        is_default=is_default,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    logged = {"path_our_code": ("", to_log_text(our_code))} if our_code else {}
    if is_default:
        logged["path_is_default"] = ("", _MARK)
    message = N_("Company path added: %(path)s")
    audit.record(actor, "customer.add_company_path", customer, message, logged, path=path)
    return made


@transactional
def update_path(pk: int, *, values: Mapping[str, Any], actor: Actor) -> CompanyPath:
    """Edit fields of a company path; each changed field is logged in the customer's log.

    ``values`` holds only what is to change.
    """
    found = get_path(pk, actor=actor, lock=True)
    can_edit_paths(actor, found.customer, facts_for(found.customer, actor)).enforce()
    changed = {
        name: (to_log_text(getattr(found, name)), to_log_text(values[name]))
        for name in ("path", "our_code")
        if name in values and to_log_text(getattr(found, name)) != to_log_text(values[name])
    }
    for name in changed:
        setattr(found, name, values[name])
    is_default = values.get("is_default", found.is_default)
    if is_default != found.is_default:
        changed["is_default"] = ("", _MARK) if is_default else (_MARK, "")
        _mark(found, is_default=is_default)
    if changed:
        logged = {f"path_{name}": pair for name, pair in changed.items()}
        message = N_("Company path edited: %(path)s")
        audit.record(actor, "customer.update_company_path", found.customer, message, logged, path=found.path)
    return found


@transactional
def make_default_path(pk: int, *, actor: Actor) -> CompanyPath:
    """Make it the customer's default path, which new contracts name; the present one is one no more."""
    found = get_path(pk, actor=actor, lock=True)
    can_make_default(actor, found, facts_for(found.customer, actor)).enforce()
    _mark(found, is_default=True)
    message = N_("Default company path: %(path)s")
    audit.record(actor, "customer.make_default_path", found.customer, message, path=found.path)
    return found


@transactional
def delete_path(pk: int, *, actor: Actor) -> CompanyPath:
    """Delete a company path."""
    found = get_path(pk, actor=actor, lock=True)
    can_edit_paths(actor, found.customer, facts_for(found.customer, actor)).enforce()
    message = N_("Company path deleted: %(path)s")
    audit.record(actor, "customer.delete_company_path", found.customer, message, path=found.path)
    db.session.delete(found)
    return found


def _mark(path: CompanyPath, *, is_default: bool) -> None:
    if is_default:
        unmark_others(CompanyPath, "is_default", path.customer)
    path.set_default(is_default=is_default)
    db.session.flush()


def merge_paths(step: Merge) -> None:
    """Let the company paths of a merged customer go to the survivor (CUST-9).

    All of them, because contracts name them.
    """
    take_belongings(step, CompanyPath, "is_default", lambda _path: None)


def two_defaults() -> Decision:
    """Refuse the second of two people who make different paths the default one at once."""
    message = _("Somebody chose another default at this moment; look again")
    return conflict("path.default_taken", message)
