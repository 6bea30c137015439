"""Codes by SMS in the REST API (CH-3)."""

from __future__ import annotations

from typing import TypedDict

from flask import Response, jsonify, request
from flask_babel import lazy_gettext as _

from app.kernel.api.base import KepanApi, expose, public
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.texts import PhoneField
from app.kernel.fields.validators import required
from app.org.smscodes import SMS_PURPOSE, VALID, ask_code


class SmsCodeForm(BaseForm):
    """Which number is to be proved, and what for."""

    phone = PhoneField(_("Phone"), required())
    purpose = ChoiceField(_("Purpose"), SMS_PURPOSE, required())


class CodeAsked(TypedDict):
    """How long a code is good, in seconds; whether one was sent is not told."""

    valid_seconds: int


class SmsCodeApi(KepanApi):
    """``/sms-codes``: for everybody, signed in or not."""

    route_base = "/api/v1"
    class_permission_name = "SmsCode"

    @expose("/sms-codes", methods=["POST"])
    @public(takes=SmsCodeForm, returns=CodeAsked, status=202)
    def ask(self) -> tuple[Response, int]:
        """Have a code sent; the answer is the same for every number, and when too many were asked for."""
        form = self.body(SmsCodeForm)
        ask_code(phone=form.phone.data, purpose=form.purpose.data, source=request.remote_addr or "")
        return jsonify(valid_seconds=int(VALID.total_seconds())), 202
