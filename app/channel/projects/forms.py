"""Forms of projects and plots; the API reads its JSON through the same ones (CH-1)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.fields.choices import ReferencesField
from app.kernel.fields.forms import REQUIRED, BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import DegreesField, WholeField, YesNoField
from app.kernel.fields.texts import LineField, RichTextField, TagsField
from app.kernel.fields.uploads import FilesField
from app.kernel.files.attachments import MAX_BYTES, MAX_FILES
from app.org.shared.fields import company_field as own_company_field
from app.org.shared.fields import staff_names

MAX_INTRODUCTION = 20_000
_SCREEN = 1600  # pixels: what phones show, without more to load
_PICTURES = {"accept": "image/*"}


class ProjectForm(BaseForm):
    """The details of a project, as brokers and visitors see it on their phones (CH-1)."""

    name = LineField(_("Name"), required(at_most(120)))
    address = LineField(_("Address"), optional(at_most(200)), render_kw={"data-wide": "1"})
    longitude = DegreesField(
        _("Longitude"), optional(), most=180, description=_("As the map's coordinate picker says (GCJ-02)")
    )
    latitude = DegreesField(_("Latitude"), optional(), most=90)
    service_phone = LineField(_("Service phone"), optional(at_most(24)))
    active = YesNoField(_("In use"), description=_("Out of use, it is not shown on the phone pages"))
    features = TagsField(_("Feature tags"), optional())
    introduction = RichTextField(_("Introduction"), optional(at_most(MAX_INTRODUCTION)))

    sections: Any = (
        (_("Project"), ("name", "active", "features", "service_phone")),
        (_("Where it lies"), ("address", "longitude", "latitude")),
        ("", ("introduction",)),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Require both coordinates or none."""
        valid = bool(super().validate(extra_validators))
        both = (self.longitude, self.latitude)
        for one, other in (both, both[::-1]):
            if one.data is None and other.data is not None and not one.errors:
                one.errors = [str(REQUIRED)]
                valid = False
        return valid


class NewProjectForm(ProjectForm):
    """A new project with the company that sells it (CH-1)."""

    company_id = own_company_field(_("Company"), required())

    sections = (
        (_("Project"), ("name", "company_id", "features", "service_phone", "active")),
        *ProjectForm.sections[1:],
    )


class PlotForm(BaseForm):
    """A plot: a part of a project (CH-1)."""

    number = LineField(_("Plot number"), required(at_most(40)))
    position = WholeField(
        _("Position"), optional(between(0, 9999)), description=_("Smaller numbers come first")
    )
    tags = TagsField(_("Tags"), optional())
    introduction = RichTextField(_("Introduction"), optional(at_most(MAX_INTRODUCTION)))

    sections = (("", ("number", "position", "tags", "introduction")),)

    def values(self) -> dict[str, Any]:
        """Return the values; without a position, the plot comes first."""
        found = super().values()
        return {**found, "position": found["position"] or 0}


class PicturesForm(BaseForm):
    """Pictures of a project or plot (CH-1)."""

    pictures = FilesField(
        _("Pictures"),
        required(),
        longest=_SCREEN,
        render_kw=_PICTURES,
        description=_(
            "At most %(files)s pictures of %(size)s MB at once",
            files=MAX_FILES,
            size=MAX_BYTES // 1024 // 1024,
        ),
    )


class ColleaguesField(ReferencesField):
    """A field for staff of one company, chosen by remote search."""

    company_id: int | None = None

    def __init__(self, label: Any, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, url=self._of_company, names_of=staff_names, **kwargs)

    def _of_company(self) -> str:
        return url_for("OptionsView.members", company_id=self.company_id)


class AssignForm(BaseForm):
    """The staff of a project (CH-1)."""

    onsite_ids = ColleaguesField(_("On-site staff"), optional())
    consultant_ids = ColleaguesField(_("Property consultants"), optional())

    def __init__(self, company_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.onsite_ids.company_id = self.consultant_ids.company_id = company_id
