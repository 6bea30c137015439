"""Forms of a merge: the API's, and the page's two steps — which files, and which of their values stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField, RadioField

from app.customers.merging.comparison import compare
from app.customers.merging.services import MOST, files_to_merge
from app.customers.shared.queries import openable_names
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import ChosenIdsField, ReferencesField
from app.kernel.fields.forms import REQUIRED, BaseForm, SubForm, required
from app.kernel.fields.numbers import WholeField, YesNoField
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.customers.merging.comparison import Difference
    from app.customers.shared.models import Customer

OTHERS = "other"  # the argument of the page's second step, once for each file


class MergeForm(BaseForm):
    """Merges another file into this one, which keeps its code (CUST-9). ``choices``: field, as in the record,
    or what a customer has once → the file whose own stays. ``dry_run`` only says what would come of it.
    """

    other_id = WholeField(_("Merged file"), required())
    choices = ChosenIdsField(_("Whose value stays"), [])
    dry_run = YesNoField(_("Only show what would come of it"))


class ChooseForm(BaseForm):
    """The files of the same customer."""

    chosen_ids = ReferencesField(
        _("Files of the same customer"),
        required(),
        url=lambda: url_for("CustomerView.options"),
        names_of=lambda pks: openable_names(pks, current_actor()),
        description=_(
            "They become part of this one; their codes and addresses lead here. At most %(n)s.", n=MOST
        ),
    )


def chosen_others() -> list[int]:
    """Return the files that the page's address names."""
    found = []
    for text in request.args.getlist(OTHERS)[: MOST + 1]:
        try:
            found.append(read_id(text))
        except ValueError:
            return []
    return found


def form_for(customer: Customer) -> Callable[..., BaseForm]:
    """Return the form of the step: which files, or which of their values stay."""
    others = chosen_others()
    return _comparison(customer, others) if others else ChooseForm


def _comparison(customer: Customer, other_ids: Sequence[int]) -> Callable[..., BaseForm]:
    """Return the form with a choice for each difference.

    :raises Invalid: for a file out of reach.
    :raises Denied: when the files may not be merged.
    """
    survivor, others = files_to_merge(customer.id, other_ids, current_actor(), lock=False)
    files = [survivor, *others]
    found = compare(files, {})
    decided = [one for one in found if one.is_conflict]
    filled = [one for one in found if not one.is_conflict]
    fields = {one.key: _choice(one, files) for one in (*decided, *filled)}
    made: Any = type("Choices", (SubForm,), fields)
    form: Any = type("ComparisonForm", (BaseForm,), {"choices": FormField(made)} if fields else {})
    sections = (
        (_("Both have something: choose what stays"), tuple(f"choices.{one.key}" for one in decided)),
        (_("Only one has something"), tuple(f"choices.{one.key}" for one in filled)),
    )
    form.sections = tuple((title, names) for title, names in sections if names)
    built: Callable[..., BaseForm] = form
    return built


def _choice(one: Difference, files: Sequence[Customer]) -> RadioField:
    labels = {file.id: f"{one.options.get(file.id) or '–'}  ({file.code})" for file in files}
    return RadioField(
        str(one.label),
        choices=[(pk, labels[pk]) for pk in labels if pk in one.options],
        coerce=int,
        default=one.chosen,
        render_kw={"data-wide": "1"},
    )


def submit_label() -> str:
    """Return what the button of the step does."""
    return gettext("Merge") if chosen_others() else gettext("Compare")


def warning_for(customer: Customer) -> str:
    """Say what the merge does, and to which files."""
    others = chosen_others()
    if not others:
        return ""
    names = openable_names(others, current_actor())
    return gettext(
        "%(others)s: everything that hangs on it goes to %(code)s, and its code leads there. It can be "
        "undone as long as nothing is built on it.",
        others="、".join(names.get(pk, str(pk)) for pk in others),
        code=customer.code,
    )


__all__ = ["REQUIRED"]
