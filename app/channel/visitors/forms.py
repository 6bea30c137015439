"""Forms of walk-in visitors; the API reads its JSON through the same ones (CH-15, CH-28)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.shared.forms import BySmsOrWechat, RegisterForm
from app.kernel.fields.forms import at_most, optional
from app.kernel.fields.texts import LineField


class VisitorRegisterForm(RegisterForm):
    """The registration of a visitor (CH-28)."""

    nickname = LineField(_("Nickname"), optional(at_most(60)))


class VisitorSignUpForm(BySmsOrWechat, VisitorRegisterForm):
    """The registration in the API: with a code, as on the phone page, or from the mini-program (CH-28)."""
