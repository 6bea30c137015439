"""Add files to a customer and remove them (CUST-2, PLAT-10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import func

from app.audit import services as audit
from app.customers.shared import policies
from app.customers.shared.models import Customer
from app.customers.shared.queries import facts_for, get_customer
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, NotFound, conflict
from app.kernel.fields.forms import REQUIRED
from app.kernel.files.attachments import Attachment, files_of, get_file, keep
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload

MAX_OF_CUSTOMER = 200
_LONG_NUMBER = re.compile(r"[0-9]{7,}")


@transactional
def add_files(pk: int, *, files: Sequence[Upload], actor: Actor) -> list[Attachment]:
    """Add files to the customer (CUST-2): part of the basic information (POOL-5, CUST-21)."""
    customer = get_customer(pk, actor=actor, lock=True)
    if not files:
        raise Invalid(files=REQUIRED)
    policies.can_edit_basics(actor, customer, facts_for(customer, actor)).enforce()
    present = files_of(Customer.__files__, [pk]).with_only_columns(func.count()).order_by(None)
    if (db.session.scalar(present) or 0) + len(files) > MAX_OF_CUSTOMER:
        message = _("A customer has at most %(n)s files; remove some first", n=MAX_OF_CUSTOMER)
        conflict("customer.too_many_files", message).enforce()
    made = [keep(one, customer, actor) for one in files]
    names = "、".join(logged_name(one.name) for one in made)
    audit.record(actor, "customer.add_files", customer, N_("Files added: %(names)s"), names=names)
    return made


@transactional
def remove_file(pk: int, *, file_id: int, actor: Actor) -> Attachment:
    """Remove a file from the customer; row and content stay for the log."""
    customer = get_customer(pk, actor=actor, lock=True)
    found = get_file(file_id, actor=actor)
    if (found.subject_kind, found.subject_id) != (Customer.__files__, customer.id):
        raise NotFound
    policies.can_edit_basics(actor, customer, facts_for(customer, actor)).enforce()
    found.remove(actor)
    name = logged_name(found.name)
    audit.record(actor, "customer.remove_file", customer, N_("File removed: %(name)s"), name=name)
    return found


def logged_name(name: str) -> str:
    """Return a file's name as the log keeps it: long digits are masked, as they may be a person's number."""
    return _LONG_NUMBER.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", name)


def merge_files(step: Merge) -> None:
    """Let the files of the merged file lie at the survivor (CUST-9)."""
    step.take(Attachment.subject_id, Attachment.subject_kind == Customer.__files__)


def erase_files(customers: Sequence[Customer], actor: Actor) -> None:
    """Remove the files of deleted customers (CUST-22); retention deletes their content."""
    for one in db.session.scalars(files_of(Customer.__files__, [customer.id for customer in customers])):
        one.remove(actor)
