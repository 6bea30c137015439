"""Taking an import back: its new customers go, its updates are put back (CUST-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from app.audit import services as audit
from app.audit.models import AuditHead
from app.customers.imports.models import ImportBatch, ImportRow
from app.customers.imports.policies import can_undo_import
from app.customers.imports.queries import get_import
from app.customers.imports.writing import open_former
from app.customers.profile.editing import masked
from app.customers.shared.models import Customer, FollowUp
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices.models import Notification, Todo

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.kernel.access.actor import Actor

# What an import itself makes beside a customer; anything else that hangs on one keeps it.
_OWN = frozenset({"phone_claim", "customer_district", "customer_word", "customer_gram", "import_row"})
_PART = 1_000


@transactional
def undo_import(pk: int, *, actor: Actor) -> ImportBatch:
    """Take an import back: customers that it made go with their numbers, tax ids and codes; changed values
    are put back. Customers that somebody has changed since are kept, and listed.

    :raises NotFound: for another person's import.
    :raises Denied: ``import.undone``, ``import.nothing_to_undo``, ``import.too_late``.
    """
    batch = get_import(pk, actor=actor, lock=True)
    moment = clock.now()
    can_undo_import(actor, batch, moment).enforce()
    rows = _rows_of(batch, "created", "updated", "history")
    created = [row.customer_id for row in rows if row.fate == "created" and row.customer_id]
    with unscoped("who imported the customers takes them back (CUST-26)"):
        kept = _changed_since(created)
        _remove([pk for pk in created if pk not in kept], actor)
        restored, kept_updates = _restore([row for row in rows if row.fate == "updated"], actor)
    _mark(batch, rows, kept | kept_updates, restored)
    batch.undo(moment)
    audit.record(
        actor,
        "import.undo",
        batch,
        N_("Import of “%(file)s” undone: %(removed)s taken back, %(restored)s put back, %(kept)s kept"),
        file=batch.file_name,
        removed=len(created) - len(kept),
        restored=len(restored),
        kept=len(kept | kept_updates),
    )
    return batch


def _rows_of(batch: ImportBatch, *fates: str) -> Sequence[ImportRow]:
    rows = select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.fate.in_(fates))
    return db.session.scalars(rows.order_by(ImportRow.row)).all()


def _changed_since(pks: Collection[int]) -> set[int]:
    """Return the new customers that somebody worked on: their log goes on, or something hangs on them."""
    heads = select(AuditHead.record_id).where(
        AuditHead.record_type == Customer.__audit__, id_in(AuditHead.record_id, pks), AuditHead.number > 1
    )
    found = set(db.session.scalars(heads)) if pks else set()
    for column in _references():
        table = column.table
        hanging = select(column).where(id_in(column, pks)).distinct()
        if table.name == FollowUp.__tablename__:
            hanging = hanging.where(FollowUp.counts.is_(True))
        elif table.name == "pool_entry":
            hanging = hanging.where(table.c.state != "available")
        found |= set(db.session.scalars(hanging)) if pks else set()
    return found


def _references() -> list[Any]:
    """Return the columns of other tables that refer to customers."""
    table = Customer.__table__
    own = _OWN | {Notification.__tablename__, Todo.__tablename__}
    return [
        key.parent
        for other in table.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and other is not table and other.name not in own
    ]


def _remove(pks: Sequence[int], actor: Actor) -> None:
    """Take new customers out, with everything that the import made for them; the log keeps both deeds.

    Their ids stay taken: SQLite would give them again, and the log of one customer would be another's.
    """
    moment = clock.now()
    for start in range(0, len(pks), _PART):
        part = pks[start : start + _PART]
        customers = list(db.session.scalars(select(Customer).where(id_in(Customer.id, part))))
        heads = audit.lock_heads(customers)
        sentence = N_("Customer %(code)s taken back with its import")
        rows = [
            audit.next_row(heads[one.id], actor, "customer.take_back", one, sentence, code=one.code)
            for one in customers
        ]
        audit.store(rows)
        for one in customers:
            one.take_back(moment)
        db.session.flush()
        for column in _own_references():
            db.session.execute(delete(column.table).where(id_in(column, part)))


def _own_references() -> list[Any]:
    """Return the columns by which rows that an import made refer to customers."""
    tables = Customer.metadata.tables
    named = [tables[name] for name in sorted(_OWN - {"import_row"})]
    own = [one.c.record_id if "record_id" in one.c else one.c.customer_id for one in named]
    told = [tables[model.__tablename__].c.customer_id for model in (Notification, Todo)]
    return [*own, *told, *_references()]


def _restore(rows: Sequence[ImportRow], actor: Actor) -> tuple[set[int], set[int]]:
    """Put former values back; return the customers put back, and those that were changed since."""
    pks = [row.customer_id for row in rows if row.customer_id]
    if not pks:
        return set(), set()
    statement = select(Customer).where(id_in(Customer.id, pks)).with_for_update(of=Customer)
    customers = {one.id: one for one in db.session.scalars(statement)}
    heads = audit.lock_heads([*customers.values()])
    restored = set()
    for row in rows:
        customer = customers.get(row.customer_id or 0)
        if customer is None or row.former_cipher is None or heads[customer.id].number != row.number:
            continue
        former = open_former(row.former_cipher)
        changes = {name: (getattr(customer, name), before) for name, before in former.items()}
        for name, before in former.items():
            setattr(customer, name, before)
        customer.bump()
        log = {name: (masked(name, a), masked(name, b)) for name, (a, b) in changes.items()}
        sentence = N_("Former values put back: the import was undone")
        audit.append(heads[customer.id], actor, "customer.put_back", customer, sentence, log)
        restored.add(customer.id)
    return restored, {*pks} - restored


def _mark(batch: ImportBatch, rows: Sequence[ImportRow], kept: set[int], restored: set[int]) -> None:
    """Give each row its fate after the undo."""
    for fate, chosen in (
        ("kept", [row.row for row in rows if row.customer_id in kept]),
        ("restored", [row.row for row in rows if row.customer_id in restored]),
        ("removed", [row.row for row in rows if row.customer_id not in kept | restored]),
    ):
        for start in range(0, len(chosen), _PART):
            part = chosen[start : start + _PART]
            db.session.execute(
                update(ImportRow)
                .where(ImportRow.batch_id == batch.id, ImportRow.row.in_(part))
                .values(fate=fate),
                execution_options={"synchronize_session": False},
            )
