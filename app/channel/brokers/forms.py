"""Forms of brokers; the API reads its JSON through the same ones (CH-2 … CH-6)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.channel.brokers import choices
from app.channel.brokers.choices import REVIEW_DECISION
from app.channel.companies.fields import company_field
from app.channel.shared.forms import BySmsOrWechat, RegisterForm, id_field
from app.kernel.errors import Invalid
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import REQUIRED, BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField, PhoneField, TextField
from app.org.accounts.forms import PresentFactorFields


class BrokerForm(PresentFactorFields):
    """The phone and company of a broker; their own new phone needs the code that proves it (CH-5), and the
    present factor (ACC-18).
    """

    phone = PhoneField(_("Phone"), optional())
    company_id = company_field(_("Broker company"), optional())
    sms_code = LineField(_("Code by SMS"), optional(at_most(20)))


class ReviewForm(BaseForm):
    """The decision about a company on-site (CH-4)."""

    approve = YesNoField(_("Approve"))
    reason = TextField(_("Reason"), optional(at_most(500)), render_kw={"data-star-when": "approve="})

    def values(self) -> dict[str, Any]:
        """Return the values, with an empty text for a missing reason."""
        found = super().values()
        return {**found, "reason": found["reason"] or ""}


class BrokerRegisterForm(RegisterForm):
    """The registration of a broker or company on-site (CH-3)."""

    company_id = id_field(_("Broker company"), required())
    nickname = LineField(_("Nickname"), optional(at_most(60)))
    kind = ChoiceField(_("Type"), choices.BROKER_KIND, required())


class BrokerSignUpForm(BySmsOrWechat, BrokerRegisterForm):
    """The registration in the API: with a code, as on the phone page, or from the mini-program (CH-3)."""


class BrokerEditForm(BaseForm):
    """The fields of a broker that the office may change: phone and company (CH-5)."""

    phone = PhoneField(_("Phone"), required())
    company_id = company_field(_("Broker company"), required())


class ReviewPageForm(BaseForm):
    """The decision about a company on-site, on its page: a rejection has a reason (CH-4)."""

    decision = ChoiceField(_("Decision"), REVIEW_DECISION, required())
    reason = TextField(
        _("Reason"),
        optional(at_most(500)),
        description=_("The company on-site reads it on the phone"),
        render_kw={"data-show-when": "decision=reject", "data-star-when": "decision=reject"},
    )

    def values(self) -> dict[str, Any]:
        """Return the values as the service takes them; an approval ignores the typed reason."""
        approve = self.decision.data == "approve"
        reason = "" if approve else self.reason.data or ""
        if not approve and not reason:
            raise Invalid(reason=REQUIRED)
        return {"approve": approve, "reason": reason}
