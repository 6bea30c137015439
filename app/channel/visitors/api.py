"""Walk-in visitors in the REST API (CH-15, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.channel.shared.api import Registered, sign_in_newcomer
from app.channel.shared.registration import anonymous_actor, prove_newcomer
from app.channel.visitors import forms
from app.channel.visitors import services as visitors
from app.kernel.api.base import KepanApi, expose, public

if TYPE_CHECKING:
    from flask import Response


class VisitorApi(KepanApi):
    """``/api/v1/visitors``."""

    route_base = "/api/v1/visitors"
    class_permission_name = "Visitor"

    @expose("/register", methods=["POST"])
    @public(takes=forms.VisitorSignUpForm, returns=Registered, status=201, refusals=(409,))
    def register(self) -> tuple[Response, int]:
        """Registers and signs in a visitor (CH-28); a ticket of the mini-program works as for brokers."""
        values = self.body(forms.VisitorSignUpForm).values()
        wechat = prove_newcomer(values)
        values["nickname"] = values["nickname"] or ""
        made = visitors.register_visitor(**values, wechat=wechat, actor=anonymous_actor())
        return sign_in_newcomer(made.id, made.code)
