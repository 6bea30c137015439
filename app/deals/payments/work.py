"""What the lists of contracts and instalments hold for the workbench (OFF-11, CUST-16)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.views import ContractView
from app.deals.payments.permissions import PaymentPermission
from app.deals.payments.settings import REMINDER_DAYS
from app.deals.payments.views import PaymentView
from app.kernel import clock
from app.kernel.pages.work import WorkItem, leads_people

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def _ends_soon(_actor: Actor) -> dict[str, str]:
    until = clock.today() + timedelta(days=REMINDER_DAYS.get())
    return {"tab": "mine", "in_force": "yes", "ends_to": until.isoformat(), "order_by": "ends_on"}


WORK = (
    WorkItem(
        "payments_overdue",
        _("Overdue instalments"),
        "fa-money-bill-wave",
        PaymentView,
        lambda _actor: {"tab": "overdue", "order_by": "due_on"},
        needs=PaymentPermission.RECEIVE,
        concerns=leads_people,
    ),
    WorkItem(
        "my_payments_overdue",
        _("My overdue instalments"),
        "fa-money-bill-wave",
        PaymentView,
        lambda _actor: {"tab": "mine", "overdue": "yes", "order_by": "due_on"},
        needs=PaymentPermission.CREATE,
    ),
    WorkItem(
        "my_contracts_ending",
        _("My contracts that end soon"),
        "fa-file-contract",
        ContractView,
        _ends_soon,
        needs=ContractPermission.CREATE,
    ),
)
