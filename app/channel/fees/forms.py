"""Forms of viewing fees; the API reads its JSON through the same ones (CH-25)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.channel.shared.forms import KeyField, id_field
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import MoneyField
from app.kernel.fields.uploads import FilesField
from app.kernel.files.attachments import MAX_BYTES


class _PaymentForm(BaseForm):
    """An amount, and the picture of the payment that proves it."""

    amount = MoneyField(_("Amount"), required(), high=10**10, render_kw={"data-unit": _("CNY")})
    screenshot = FilesField(
        _("Screenshot of the payment"),
        required(),
        description=_(
            "A picture, at most %(size)s MB; what the camera noted is removed", size=MAX_BYTES // 1024 // 1024
        ),
        most=1,
        render_kw={"accept": "image/*"},
    )

    def values(self) -> dict[str, Any]:
        """Return the one picture."""
        found = super().values()
        return {**found, "screenshot": found["screenshot"][0]}


class FeeForm(_PaymentForm):
    """A viewing fee (CH-25)."""

    referral_id = id_field(_("Customer"), required())


class FeePageForm(_PaymentForm):
    """A viewing fee on its page, whose address names the customer; ``token`` identifies this submission."""

    token = KeyField("", optional(at_most(64)))
    sections = (("", ("amount", "screenshot")),)

    def values(self) -> dict[str, Any]:
        """Return the values; without a token, the submitted content identifies the submission."""
        found = super().values()
        return {**found, "token": found["token"] or ""}
