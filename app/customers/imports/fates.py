"""The fate of each row: new, updated, already there, or an error with its reason (CUST-26, CUST-34).

The rules are those of single customers, asked for all rows at once: a fixed number of statements whatever
the number of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.customers.creation.responsibility import Responsibility, responsibility_for
from app.customers.creation.services import existing_codes
from app.customers.duplicates.services import GLOBAL_SCOPE, duplicates_of, find_duplicates
from app.customers.imports.lines import CLEAR, Line
from app.customers.profile.editing import BUSINESS, EDITABLE, changes_of
from app.customers.shared.models import Customer
from app.customers.shared.policies import can_edit_all, can_edit_basics
from app.customers.shared.queries import PEOPLE, facts_of, openable_names, visible_customers
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.kernel.fields.forms import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.imports.lines import LineReader
    from app.customers.imports.options import Options
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

_PART = 500
_COLUMNS = {"code": Customer.code, "tax_id": Customer.tax_id, "phone": Customer.phone_index}


class Judge:
    """Decides the fate of the rows of one table."""

    def __init__(self, options: Options, reader: LineReader, actor: Actor) -> None:
        self.options, self.reader, self.actor = options, reader, actor
        self.refused_numbers: list[Line] = []  # of customers that the importer cannot open (ACC-17)
        self.customers: dict[int, Customer] = {}  # to be updated
        self._places: dict[tuple[int | None, int | None], Responsibility | Exception] = {}

    def judge(self, lines: Sequence[Line]) -> None:
        """Give each row its fate."""
        self._join_history(lines)
        rows = [line for line in lines if line.first is None]
        fresh = rows
        if self.options.mode != "add":
            fresh = self._match(rows)
        self._judge_new(fresh)
        for line in lines:
            if line.errors:
                line.fate = "error"
            elif line.first is not None:
                self._judge_history(line, line.first)

    def _key_of(self, line: Line) -> str:
        if self.options.match_by == "phone":
            return line.index
        found = line.values.get(self.options.match_by)
        return "" if found is CLEAR or not found else str(found)

    def _join_history(self, lines: Sequence[Line]) -> None:
        """Follow-ups of one customer in several rows belong to its first row."""
        seen: dict[tuple[str, Any], Line] = {}
        for line in lines:
            if line.index and line.follow_up is not None and not line.errors:
                key = line.index, line.owner.id if line.owner else None
                line.first = seen.get(key)
                if line.first is None:
                    seen[key] = line

    def _judge_history(self, line: Line, first: Line) -> None:
        if first.fate == "error":
            line.wrong(
                "", "import.first_row", _("Row %(n)s of the same customer has an error", n=first.number)
            )
            line.fate = "error"
        else:
            line.fate = "same" if first.fate == "same" else "history"

    # --- Existing customers

    def _match(self, rows: Sequence[Line]) -> list[Line]:
        """Match rows with customers that the importer can open; return those without one that may be new."""
        keys = {key for line in rows if (key := self._key_of(line))}
        found = self._find(keys)
        self._load([pk for pks in found.values() for pk in pks])
        seen: dict[int, Line] = {}
        fresh = []
        for line in rows:
            matches = [pk for pk in found.get(self._key_of(line), ()) if pk in self.customers]
            if len(matches) > 1:
                codes = gettext(", ").join(self.customers[pk].code for pk in matches)
                line.wrong(
                    self.options.match_by,
                    "import.several",
                    _("Several customers have it: %(codes)s", codes=codes),
                )
            elif matches:
                self._update(line, self.customers[matches[0]], seen)
            elif self.options.mode == "both":
                fresh.append(line)
            elif not self._key_of(line):
                if not line.errors:
                    line.wrong(self.options.match_by, "required", REQUIRED)
            else:
                line.wrong(
                    self.options.match_by, "import.not_found", _("No customer that you can open has it")
                )
        return fresh

    def _find(self, keys: set[str]) -> dict[str, list[int]]:
        column: Any = _COLUMNS[self.options.match_by]
        ordered = sorted(keys)
        found: dict[str, list[int]] = {}
        for start in range(0, len(ordered), _PART):
            wanted = column.in_(ordered[start : start + _PART])
            statement = visible_customers(self.actor).where(wanted).with_only_columns(column, Customer.id)
            for key, pk in db.session.execute(statement.order_by(Customer.id)):
                found.setdefault(key, []).append(pk)
        return found

    def _load(self, pks: Sequence[int]) -> None:
        """Load customers with their people, and lock them where the rows are written."""
        statement = visible_customers(self.actor).where(id_in(Customer.id, pks)).order_by(Customer.id)
        statement = statement.options(*PEOPLE).with_for_update(of=Customer)
        if pks:
            self.customers = {one.id: one for one in db.session.scalars(statement).unique()}
        self._facts = facts_of([*self.customers.values()], self.actor)

    def _update(self, line: Line, customer: Customer, seen: dict[int, Line]) -> None:
        line.customer_id = customer.id
        if customer.id in seen:
            line.wrong(
                self.options.match_by,
                "import.repeated",
                _("Row %(n)s names the same customer", n=seen[customer.id].number),
            )
            return
        seen[customer.id] = line
        changes = {}
        for name, value in line.values.items():
            if name in EDITABLE and name != "demand_districts":
                changes[name] = None if value is CLEAR else value
        differing = {name: after for name, (_before, after) in changes_of(customer, changes).items()}
        if "name" in line.values and line.values["name"] is CLEAR:
            line.wrong("name", "required", REQUIRED)
        self._not_changed(line, customer)
        if differing and not line.errors:
            rule = can_edit_all if any(name in BUSINESS for name in differing) else can_edit_basics
            verdict = rule(self.actor, customer, self._facts[customer.id])
            if not verdict:
                line.wrong("", verdict.code, verdict.message)
            taken = self._tax_id_taken(differing.get("tax_id"), customer.id) if verdict else None
            if taken is not None:
                line.wrong("tax_id", taken.code, taken.message)
        line.changes = differing
        line.fate = "updated" if differing or line.follow_up else "same"

    def _not_changed(self, line: Line, customer: Customer) -> None:
        """Say what a row wants that an edit does not do: it needs an operation or an approval of its own."""
        later = _("It is not changed by an import: it needs its own operation, or an approval")
        if line.owner is not None and line.owner.id != customer.owner_id:
            line.remark("owner", "import.needs_approval", later)
        if line.index and line.index != customer.phone.index:
            line.remark("phone", "import.needs_operation", later)
        for name in ("code", "kind", "department"):
            given = line.values.get(name)
            present = customer.department_id if name == "department" else getattr(customer, name)
            if given and given != present:
                line.remark(name, "import.needs_operation", later)

    def _tax_id_taken(self, tax_id: str | None, pk: int) -> Decision | None:
        if not tax_id:
            return None
        with unscoped("duplicate check: a tax id is unique in the whole system (CUST-6)"):
            other = db.session.scalar(select(Customer.id).where(Customer.tax_id == tax_id, Customer.id != pk))
        return duplicates_of({0: {other: "tax_id"}}, self.actor)[0] if other else None

    # --- New customers

    def _judge_new(self, rows: Sequence[Line]) -> None:
        for line in rows:
            self._require(line)
            self._place(line)
        self._existing(rows)
        self._repeated(rows)
        for line in rows:
            line.fate = line.fate or "created"

    def _require(self, line: Line) -> None:
        """CUST-2: a name, and of individuals a number; what a cell clears a new customer does not have."""
        line.values = {name: value for name, value in line.values.items() if value is not CLEAR}
        wrong = {error.target for error in line.errors}
        if not line.values.get("name") and "name" not in wrong:
            line.wrong("name", "required", REQUIRED)
        if self.reader.kind_of(line) == "individual" and not line.index and "phone" not in wrong:
            line.wrong("phone", "required", REQUIRED)

    def _place(self, line: Line) -> None:
        """POOL-1, POOL-2: where the row goes, by the rule of a single customer, asked once for each place."""
        if any(error.target in {"owner", "department"} for error in line.errors):
            return
        department = line.values.get("department") or self.options.department_id
        key = line.owner.id if line.owner else None, department
        if key not in self._places:
            try:
                self._places[key] = self._responsibility(*key)
            except (Denied, Invalid) as error:
                self._places[key] = error
        found = self._places[key]
        if isinstance(found, Denied):
            line.wrong("owner", found.code, found.message)
        elif isinstance(found, Invalid):
            line.wrong("owner", "invalid", next(iter(found.fields.values())))
        else:
            line.place = found

    def _responsibility(self, owner_id: int | None, department_id: int | None) -> Responsibility:
        into_pool = self.options.into_pool
        pool = "platform" if into_pool else "personal"
        return responsibility_for(
            pool, None if into_pool else owner_id, None, department_id if into_pool else None,
            self.actor, into_pool=into_pool,
        )  # fmt: skip

    def _existing(self, rows: Sequence[Line]) -> None:
        """Numbers, tax ids and codes that customers have already."""
        numbers = {line.number: (line.index, line.place.place) for line in rows if line.index and line.place}
        refused = find_duplicates(numbers, self.actor)
        tax_ids = self._holders_of_tax_ids(rows)
        codes = existing_codes([line.values["code"] for line in rows if line.values.get("code")])
        refused_tax = (
            duplicates_of({n: {pk: "tax_id"} for n, pk in tax_ids.items()}, self.actor) if tax_ids else {}
        )
        own_codes = openable_names(codes.values(), self.actor)
        for line in rows:
            verdict = refused.get(line.number)
            if verdict is not None:
                self._refuse(line, "phone", verdict)
            elif line.number in refused_tax:
                self._refuse(line, "tax_id", refused_tax[line.number])
            elif line.values.get("code") in codes:
                self._taken_code(line, codes[line.values["code"]], own_codes)

    def _refuse(self, line: Line, target: str, verdict: Decision) -> None:
        customer_id = verdict.details.get("customer_id")
        if customer_id is not None and self.options.mode == "add":
            line.customer_id, line.fate = customer_id, "same"
            line.remark(target, verdict.code, verdict.message)
            return
        line.customer_id = customer_id
        line.wrong(target, verdict.code, verdict.message)
        if target == "phone" and customer_id is None:
            self.refused_numbers.append(line)

    def _taken_code(self, line: Line, customer_id: int, own: Mapping[int, str]) -> None:
        sentence = _("This code is taken")
        if customer_id in own and own[customer_id] == line.values.get("name"):
            line.customer_id, line.fate = customer_id, "same"
            line.remark("code", "customer.code_taken", sentence)
        else:
            line.wrong("code", "customer.code_taken", sentence)

    def _holders_of_tax_ids(self, rows: Sequence[Line]) -> dict[int, int]:
        wanted = sorted({line.values["tax_id"] for line in rows if line.values.get("tax_id")})
        found: dict[str, int] = {}
        with unscoped("duplicate check: a tax id is unique in the whole system (CUST-6)"):
            for start in range(0, len(wanted), _PART):
                part = select(Customer.tax_id, Customer.id).where(
                    Customer.tax_id.in_(wanted[start : start + _PART])
                )
                found.update({str(tax_id): pk for tax_id, pk in db.session.execute(part)})
        return {
            line.number: found[line.values["tax_id"]] for line in rows if line.values.get("tax_id") in found
        }

    def _repeated(self, rows: Sequence[Line]) -> None:
        """What repeats in the table itself: the first row has it, the later ones are errors (CUST-34)."""
        is_global = DEDUPE_MODE.read() == "global"
        seen: dict[tuple[str, str], Line] = {}
        for line in rows:
            if line.errors or line.fate == "same":
                continue
            keys = [("code", line.values.get("code")), ("tax_id", line.values.get("tax_id"))]
            if line.index and line.place:
                scope = GLOBAL_SCOPE if is_global else line.place.place.scope
                keys.insert(0, ("phone", f"{scope} {line.index}"))
            for target, value in keys:
                first = seen.setdefault((target, value), line) if value else line
                if first is not line:
                    sentence = _("It repeats row %(n)s", n=first.number)
                    line.wrong(target, "import.repeated", sentence)
                    break
