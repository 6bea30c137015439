"""Forms of tags; the API reads its JSON through the same ones (CUST-23)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.labels.models import TAG_LENGTH
from app.customers.labels.queries import TAGS
from app.customers.tags.fields import TagWordsField, tags_field
from app.kernel.fields.choices import ChoiceField, ReferenceField, ReferencesField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.system.dictionaries.forms import TONE

_WITH_COMMAS = _("Further ones, with commas between; a new word becomes a tag")


class TagForm(BaseForm):
    """A tag: its name and colour."""

    name = LineField(_("Name"), required(at_most(TAG_LENGTH)))
    tone = ChoiceField(_("Colour"), TONE, optional())


class MergeTagsForm(BaseForm):
    """The tag that goes: its customers get this one."""

    other_id = ReferenceField(
        _("Tag that goes"), required(), url=lambda: url_for("TagView.options"), name_of=TAGS.name
    )


class CustomerTagsForm(BaseForm):
    """The tags of a customer."""

    tag_ids = tags_field(_("Tags"), optional())
    names = LineField(_("More tags"), optional(at_most(200)), description=_WITH_COMMAS)


class TagBatchForm(BaseForm):
    """Tags to add to the chosen customers, and tags to take off them."""

    add = tags_field(_("Add"), optional())
    names = LineField(_("Add more"), optional(at_most(200)), description=_WITH_COMMAS)
    remove = tags_field(_("Remove"), optional())


class TagCustomersForm(BaseForm):
    """Adds tags to customers, and takes others off; each tag by its name or its id (CUST-23)."""

    customer_ids = ReferencesField(
        _("Customers"), required(), url=lambda: url_for("CustomerView.options"), names_of=lambda _ids: {}
    )
    add = TagWordsField(_("Add"), optional())
    remove = TagWordsField(_("Remove"), optional())
