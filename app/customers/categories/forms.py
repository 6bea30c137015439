"""Forms of categories; the API reads its JSON through the same ones (CUST-24)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.categories.fields import categories_field, category_field
from app.kernel.fields.forms import BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import MoneyField, WholeField
from app.kernel.fields.texts import LineField, TextField

_INHERITED = _("Left empty: as the category above")
_TOP = _("Left empty: at the top")


class CategoryEditForm(BaseForm):
    """A category's name, and the terms that its customers inherit."""

    name = LineField(_("Name"), required(at_most(60)))
    credit_ceiling = MoneyField(
        _("Ceiling of credit"), optional(), render_kw={"data-unit": _("CNY")}, description=_INHERITED
    )
    payment_days = WholeField(_("Days of payment"), optional(between(0, 3650)), description=_INHERITED)
    service_standard = TextField(_("Service standard"), optional(at_most(1000)), description=_INHERITED)


class CategoryForm(CategoryEditForm):
    """A new category."""

    parent_id = category_field(_("Above it"), optional(), description=_TOP)

    sections = (("", ("name", "parent_id", "credit_ceiling", "payment_days", "service_standard")),)


class CategoryMoveForm(BaseForm):
    """The new place of a category, which moves with everything below it."""

    parent_id = category_field(_("Above it"), optional(), description=_TOP)


class CustomerCategoriesForm(BaseForm):
    """The categories of a customer."""

    category_ids = categories_field(_("Categories"), optional())


class CategoryBatchForm(BaseForm):
    """Categories to put the chosen customers into, and categories to take them out of."""

    add = categories_field(_("Add"), optional())
    remove = categories_field(_("Remove"), optional())
