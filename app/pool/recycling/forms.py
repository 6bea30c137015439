"""Forms of recycling; the API reads its JSON through the same ones (POOL-19)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import WholeField
from app.kernel.fields.texts import LineField
from app.org.shared.fields import department_field
from app.pool.recycling.models import MAX_DAYS


class RecycleForm(BaseForm):
    """Why a customer goes into the public pool (POOL-19)."""

    reason = LineField(_("Reason"), required(at_most(200)))


class _Conditions(BaseForm):
    """For which customers a rule holds, and whose pool they come into."""

    department_id = department_field(_("Department and those below"), optional())
    deal_status = ChoiceField(_("Deal status"), choices.DEAL_STATUS, optional())
    level = ChoiceField(_("Level"), choices.LEVEL, optional())
    to_department_id = department_field(
        _("Into the pool of"), optional(), description=_("Empty: of the owner's department")
    )


class RuleForm(_Conditions):
    """For which customers a rule holds, and after how many days they are recycled (POOL-19)."""

    days = WholeField(
        _("Days without a follow-up"),
        required(between(0, MAX_DAYS)),
        description=_("0: never"),
        render_kw={"data-unit": _("days")},
    )


class RehearsalForm(_Conditions):
    """A rule to be tried before it is saved, in the place of ``rule_id`` where one is named; without days the
    rules as they are (POOL-19).
    """

    rule_id = WholeField(_("Rule"), optional(between(1, 2**31 - 1)))
    days = WholeField(_("Days without a follow-up"), optional(between(0, MAX_DAYS)))
