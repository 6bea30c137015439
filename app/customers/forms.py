"""Forms of the customer file; the API reads its JSON through the same ones."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _
from wtforms.validators import Email, Regexp

from app.customers import choices
from app.customers.models import Customer
from app.customers.queries import FOLLOWING_UP, visible_customers
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.choices import ChoiceField, ReferenceField
from app.kernel.fields.forms import BaseForm, FormField, SubForm
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, VersionField, WholeField, YesNoField
from app.kernel.fields.texts import LineField, PhoneField, SuggestField, TextField
from app.kernel.fields.uploads import FilesField
from app.kernel.fields.validators import at_most, between, optional, required
from app.org.shared.fields import department_field, district_field, districts_field, staff_field

_ON_PLATFORM = {"data-show-when": "pool=platform"}
_ON_ENTERPRISE = {"data-show-when": "kind=enterprise"}
_MAIL = Email(message=_("Not an e-mail address"))
_SITE = Regexp(r"https?://[^\s<>\"']+$", message=_("An address that begins with http:// or https://"))


def _customer_url() -> str:
    return url_for("CustomerView.options")


def _customer_name(pk: int) -> str:
    """Name of a customer that the person can open, for a chosen value."""
    statement = visible_customers(current_actor()).where(Customer.id == pk)
    return db.session.scalar(statement.with_only_columns(Customer.name)) or ""


class DemandForm(SubForm):
    """What the customer is looking for (CUST-5)."""

    kind = ChoiceField(_("Buy or rent"), choices.DEMAND_KIND, optional())
    district_ids = districts_field(_("Demand districts"), optional())
    price_min = MoneyField(_("Price from"), optional(), render_kw={"data-unit": _("CNY")})
    price_max = MoneyField(_("Price to"), optional(), render_kw={"data-unit": _("CNY")})
    area_min = MoneyField(
        _("Area from"), optional(), high=10**7, measure="area", render_kw={"data-unit": "m²"}
    )
    area_max = MoneyField(_("Area to"), optional(), high=10**7, measure="area", render_kw={"data-unit": "m²"})
    rooms_min = WholeField(_("Rooms from"), optional(between(0, 99)))
    rooms_max = WholeField(_("Rooms to"), optional(between(0, 99)))
    needs = TextField(_("Needs"), optional(at_most(2000)))


class _FileForm(BaseForm):
    """The fields that creation and edit share (CUST-2 … CUST-5)."""

    name = LineField(_("Name"), required(at_most(120)))
    short_name = LineField(_("Short name"), optional(at_most(60)))
    email = LineField(_("E-mail"), optional(at_most(254), _MAIL))
    website = LineField(_("Website"), optional(at_most(200), _SITE))
    country = LineField(_("Country"), optional(at_most(60)))
    district_id = district_field(_("District"), optional())
    address = LineField(_("Address"), optional(at_most(200)))
    industry = ChoiceField(_("Industry"), choices.INDUSTRY, optional())
    company_size = ChoiceField(_("Company size"), choices.COMPANY_SIZE, optional())
    founded_on = DayField(_("Founded on"), optional())
    source = ChoiceField(_("Source"), choices.SOURCE, optional())
    remark = TextField(_("Remark"), optional(at_most(2000)))
    tax_id = LineField(_("Tax id"), optional(at_most(40)), render_kw=_ON_ENTERPRISE)
    level = ChoiceField(_("Level"), choices.LEVEL, optional())
    annual_revenue = MoneyField(_("Yearly revenue"), optional(), render_kw={"data-unit": _("CNY")})
    cooperation_years = MoneyField(_("Years of cooperation"), optional(), high=200, measure="number")
    demand = FormField(DemandForm)


_DEMAND_FIELDS = tuple(
    f"demand.{name}"
    for name in (
        "kind", "district_ids", "price_min", "price_max", "area_min", "area_max", "rooms_min", "rooms_max",
        "needs",
    )
)  # fmt: skip
_MORE = (
    "short_name", "source", "email", "website", "country", "district_id", "address", "industry",
    "company_size", "founded_on",
)  # fmt: skip
_RESPONSIBLE = ("owner_id", "into_pool", "handler_id", "department_id", "viewing_booked", "viewing_at")
_BUSINESS = ("level", "annual_revenue", "cooperation_years")


class CustomerForm(_FileForm):
    """A new customer (POOL-1, POOL-2)."""

    pool = ChoiceField(_("Pool"), choices.POOL, required(), default="personal")
    kind = ChoiceField(_("Kind"), choices.KIND, required(), default="individual")
    phone = PhoneField(
        _("Phone"),
        optional(),
        render_kw={"data-star-when": "kind=individual"},
        description=_("Required for individuals"),
    )
    code = LineField(
        _("Code"), optional(at_most(32)), description=_("Left empty, the system gives the next one")
    )
    owner_id = staff_field(
        _("Owner"),
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
        _("Handler"),
        optional(),
        may=FOLLOWING_UP,
        render_kw={
            "data-show-when": "pool=platform,into_pool=",
            "data-star-when": "pool=platform,into_pool=",
        },
    )
    department_id = department_field(
        _("Department"), optional(), render_kw=_ON_PLATFORM, description=_("Left empty: the handler's")
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
        (_("Demand"), _DEMAND_FIELDS),
        (_("Further information"), (*_MORE, "code", *_BUSINESS, "remark")),
    )


class CustomerEditForm(_FileForm):
    """An edit of a customer; ``version`` is the save it began from (CUST-20)."""

    version = VersionField(_("Version"), required())
    deal_status = ChoiceField(_("Deal status"), choices.DEAL_STATUS, optional())
    enabled = YesNoField(_("Enabled"))

    sections = (
        (_("Basic information"), ("name", "short_name", "tax_id", "source")),
        (_("Demand"), _DEMAND_FIELDS),
        (_("Further information"), (*_MORE[2:], "remark")),
        (_("Business"), ("deal_status", *_BUSINESS, "enabled")),
    )


class FollowUpForm(BaseForm):
    """A follow-up (POOL-18)."""

    content = TextField(_("Content"), required(at_most(4000)))
    method = ChoiceField(_("Method"), choices.METHOD, required(), default="phone")
    next_contact_at = MomentField(_("Next contact"), optional())
    files = FilesField(_("Attachments"), optional())


class RevealForm(BaseForm):
    """Why the number is needed (ACC-10)."""

    purpose = SuggestField(_("Purpose"), choices.REVEAL_PURPOSE, required(at_most(200)))


class FirstPhoneForm(BaseForm):
    """The number of a customer that has none (CUST-21)."""

    new_phone = PhoneField(_("New number"), required())


class ChangePhoneForm(FirstPhoneForm):
    """The present number, where there is one, and the new one (POOL-6)."""

    old_phone = PhoneField(
        _("Present number"), optional(), description=_("Complete; where there is one it has to be right")
    )

    sections = (("", ("old_phone", "new_phone")),)


class KnownPhoneForm(ChangePhoneForm):
    """The same for a customer that has a number (POOL-6)."""

    old_phone = PhoneField(_("Present number"), required())


class FilesForm(BaseForm):
    """Files for the customer's file (CUST-2)."""

    files = FilesField(_("Files"), required())


class MemberForm(BaseForm):
    """A colleague for the team, and what they may do (CUST-3)."""

    staff_id = staff_field(_("Colleague"), required())
    access = ChoiceField(_("Access"), choices.MEMBER_ACCESS, required(), default="read")


class JoinForm(BaseForm):
    """The customer that this one belongs together with (CUST-3)."""

    customer_id = ReferenceField(_("Customer"), required(), url=_customer_url, name_of=_customer_name)


class TransferForm(BaseForm):
    """Whose customer it will be, and why (CUST-21)."""

    owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)
    reason = LineField(_("Reason"), required(at_most(200)))


def edit_values(form: CustomerEditForm) -> dict[str, Any]:
    """The changed fields of an edit as the service takes them; the demand's parts become columns."""
    values = form.values()
    values.pop("version", None)
    demand = values.pop("demand", None)
    if demand is not None:
        if "district_ids" in demand:
            values["demand_districts"] = demand.pop("district_ids") or []
        values |= {("demand_kind" if key == "kind" else key): value for key, value in demand.items()}
    return values
