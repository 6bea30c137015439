"""The form of a new customer; the API reads its JSON through the same one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.fields import LABELS, inputs_in
from app.customers.shared.forms import CustomerFieldsForm
from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import at_most, optional, required
from app.kernel.fields.numbers import MomentField, YesNoField
from app.kernel.fields.texts import LineField, PhoneField
from app.org.shared.fields import department_field, staff_field

_ON_PLATFORM = {"data-show-when": "pool=platform"}


class CustomerForm(CustomerFieldsForm):
    """A new customer (POOL-1, POOL-2)."""

    pool = ChoiceField(LABELS["pool"], choices.POOL, required(), default="personal")
    kind = ChoiceField(LABELS["kind"], choices.KIND, required(), default="individual")
    name = LineField(
        LABELS["name"], required(at_most(120)), render_kw={"data-look-up": "/customers/duplicate"}
    )
    tax_id = LineField(
        LABELS["tax_id"],
        optional(at_most(40)),
        render_kw={"data-show-when": "kind=enterprise", "data-look-up": "/customers/duplicate"},
    )
    phone = PhoneField(
        LABELS["phone"],
        optional(),
        render_kw={"data-star-when": "kind=individual", "data-look-up": "/customers/duplicate"},
        description=_("Required for individuals"),
    )
    code = LineField(
        LABELS["code"], optional(at_most(32)), description=_("Left empty, the system gives the next one")
    )
    owner_id = staff_field(
        LABELS["owner"],
        optional(),
        may=FOLLOWING_UP,
        render_kw={"data-show-when": "pool=personal"},
        description=_("Left empty: you"),
    )
    into_pool = YesNoField(
        _("Into the public pool"),
        render_kw=_ON_PLATFORM,
        description=_("Nobody handles it: whoever sees it may take it up"),
    )
    handler_id = staff_field(
        LABELS["handler"],
        optional(),
        may=FOLLOWING_UP,
        render_kw={
            "data-show-when": "pool=platform,into_pool=",
            "data-star-when": "pool=platform,into_pool=",
        },
    )
    department_id = department_field(
        LABELS["department"], optional(), render_kw=_ON_PLATFORM, description=_("Left empty: the handler's")
    )
    viewing_booked = YesNoField(_("Viewing booked"), render_kw=_ON_PLATFORM)
    viewing_at = MomentField(
        _("Time of the viewing"),
        optional(),
        render_kw={"data-show-when": "pool=platform,viewing_booked=y"},
        description=_("Left empty: in 24 hours"),
    )

    sections = (
        (_("Basic information"), ("pool", "kind", "name", "phone", "tax_id")),
        (
            _("Responsible"),
            ("owner_id", "into_pool", "handler_id", "department_id", "viewing_booked", "viewing_at"),
        ),
        (_("Demand"), inputs_in("demand")),
        (
            _("Further information"),
            (
                *inputs_in("names"), "source", *inputs_in("contact"), *inputs_in("firm"),
                "code", *inputs_in("business"), "remark",
            ),
        ),
    )  # fmt: skip
