"""Writing of the judged rows: new customers all at once, updates one by one, in the caller's transaction.

New customers get what ``creation.services.create_customer`` gives a single one: code, grade, claim of the
number, log, search words, entry of the public pool.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import insert

from app.audit import services as audit
from app.customers.creation.services import NO_PHONE, enter_pool, free_codes, new_values
from app.customers.duplicates.models import PhoneClaim
from app.customers.duplicates.services import GLOBAL_SCOPE
from app.customers.listing.name_search import write_pieces
from app.customers.profile.editing import masked
from app.customers.shared.grading import grade_of
from app.customers.shared.models import Customer, CustomerDistrict, FollowUp
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.fields.phones import PhoneNumber
from app.kernel.keys import keys
from app.kernel.lists.words import write_words
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.imports.fates import Judge
    from app.customers.imports.lines import Line
    from app.kernel.access.actor import Actor

_PLAIN = frozenset(
    {
        "name", "short_name", "email", "website", "country", "district_id", "address", "industry",
        "company_size", "founded_on", "source", "remark", "tax_id", "level", "annual_revenue",
        "cooperation_years", "demand_kind", "price_min", "price_max", "area_min", "area_max", "rooms_min",
        "rooms_max", "needs",
    }
)  # fmt: skip
_NUMBER = ("phone_cipher", "phone_index", "phone_masked", "phone_last4")


@dataclass(frozen=True)
class _Made:
    """A new customer, as log and pool ask for it."""

    id: int
    company_id: int
    department_id: int
    __audit__: ClassVar[str] = Customer.__audit__


def create_rows(lines: Sequence[Line], judge: Judge, actor: Actor) -> None:
    """Write the new customers; each row then knows its customer."""
    if not lines:
        return
    codes = iter(free_codes(sum(not line.values.get("code") for line in lines)))
    rows = [_customer(line, judge, actor, line.values.get("code") or next(codes)) for line in lines]
    statement = insert(Customer).returning(Customer.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(statement, rows))
    for line, row, pk in zip(lines, rows, ids, strict=True):
        line.customer_id = row["id"] = pk
    _claim(rows, lines)
    _districts(lines)
    write_words(Customer, rows)
    write_pieces(rows)
    _log(rows, actor)
    for line, row in zip(lines, rows, strict=True):
        if line.place.is_nobodys:
            enter_pool(_Made(row["id"], row["company_id"], row["department_id"]), actor)  # type: ignore[arg-type]


def _customer(line: Line, judge: Judge, actor: Actor, code: str) -> dict[str, Any]:
    """Return the columns of a new customer."""
    number = PhoneNumber.seal(line.phone) if line.phone else NO_PHONE
    values = new_values(line.place, judge.reader.kind_of(line), number, actor)
    owner, handler = values.pop("owner"), values.pop("handler")
    del values["phone"]
    columns: dict[str, Any] = dict.fromkeys(_PLAIN)
    columns |= {name: line.values[name] for name in _PLAIN if name in line.values}
    columns |= values | dict(zip(_NUMBER, number.__composite_values__(), strict=True))
    columns |= {"owner_id": owner.id if owner else None, "handler_id": handler.id if handler else None}
    columns["code"] = code
    columns["grade"] = grade_of(
        columns["annual_revenue"], columns["cooperation_years"], values["deal_status"]
    )
    columns["last_follow_up_at"] = line.follow_up.at if line.follow_up else None
    columns["next_contact_at"] = line.values.get("next_contact_at")
    return columns


def _claim(rows: Sequence[Mapping[str, Any]], lines: Sequence[Line]) -> None:
    is_global = DEDUPE_MODE.read() == "global"
    claims = [
        {
            "scope": GLOBAL_SCOPE if is_global else line.place.place.scope,
            "phone_index": line.index,
            "customer_id": row["id"],
        }
        for line, row in zip(lines, rows, strict=True)
        if line.index
    ]
    if claims:
        db.session.execute(insert(PhoneClaim), claims)


def _districts(lines: Sequence[Line]) -> None:
    rows = [
        {"customer_id": line.customer_id, "district_id": pk}
        for line in lines
        for pk in dict.fromkeys(line.values.get("demand_districts") or ())
    ]
    if rows:
        db.session.execute(insert(CustomerDistrict), rows)


def _log(rows: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """Begin the log of each new customer."""
    made = []
    for row in rows:
        subject = _Made(row["id"], row["company_id"], row["department_id"])
        head = audit.create_head(subject)
        made.append(
            audit.next_row(
                head, actor, "customer.create", subject, N_("Customer %(code)s created"), code=row["code"]
            )
        )
    db.session.flush()
    audit.store(made)


def update_row(line: Line, customer: Customer, head: Any, actor: Actor) -> None:
    """Write the changed fields of one customer, and keep the former values."""
    differences = {name: (getattr(customer, name), after) for name, after in line.changes.items()}
    for name, after in line.changes.items():
        setattr(customer, name, after)
    grade = grade_of(customer.annual_revenue, customer.cooperation_years, customer.deal_status)
    if grade != customer.grade:
        differences["grade"] = (customer.grade, grade)
        customer.grade = grade
    if differences:
        customer.bump()
        log = {name: (masked(name, a), masked(name, b)) for name, (a, b) in differences.items()}
        audit.append(head, actor, "customer.update", customer, N_("Customer edited"), log)
    line.changes = {name: before for name, (before, _after) in differences.items()}


def write_history(lines: Sequence[Line], actor: Actor) -> None:
    """Write the follow-ups of the table: they keep their author and time, and start no work (CUST-34)."""
    rows = []
    latest: dict[int, Any] = {}
    for line in lines:
        told = line.follow_up
        customer_id = (line.first or line).customer_id
        if told is None or customer_id is None:
            continue
        content = f"{told.author_name}：{told.content}" if told.author_name else told.content
        rows.append(
            {
                "customer_id": customer_id, "author_id": told.author_id or actor.id, "content": content,
                "method": told.method, "next_contact_at": None, "counts": False, "created_at": told.at,
            }
        )  # fmt: skip
        latest[customer_id] = max(told.at, latest.get(customer_id, told.at))
    if rows:
        db.session.execute(insert(FollowUp), rows)
    _note_latest(latest)


def _note_latest(latest: Mapping[int, Any]) -> None:
    """Keep the time of the last follow-up, where it is later than the present one."""
    table = Customer.__table__
    with unscoped("the customers that this import has just written or matched (CUST-26)"):
        for pk, moment in latest.items():
            later = table.c.last_follow_up_at.is_(None) | (table.c.last_follow_up_at < moment)
            db.session.execute(table.update().where(table.c.id == pk, later).values(last_follow_up_at=moment))


def seal_former(values: Mapping[str, Any]) -> str:
    """Return former values as rows keep them: encrypted."""
    written = {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in values.items()
    }
    return keys().fernet.encrypt(json.dumps(written).encode()).decode()


def open_former(cipher: str) -> dict[str, Any]:
    """Return former values that were kept."""
    kept = json.loads(keys().fernet.decrypt(cipher.encode()))
    return {name: _typed(name, value) for name, value in kept.items()}


def _typed(name: str, value: Any) -> Any:
    kind = Customer.__table__.c[name].type.python_type
    if not isinstance(value, str) or kind is str:
        return value
    return date.fromisoformat(value) if kind is date else kind(value)
