"""A visitor's own code on the phone (CH-15, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.channel.phone.base import PhoneView
from app.channel.shared.codes import qr_picture
from app.channel.shared.permissions import VisitorPermission
from app.channel.visitors.services import get_visitor
from app.kernel.access.current import current_actor
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from flask import Response


class PhoneVisitorView(PhoneView):
    """``/m/code``."""

    class_permission_name = "Visitor"
    default_view = "code"

    @expose("/code", methods=["GET"])
    @permitted(VisitorPermission.USE)
    def code(self) -> str:
        """Show the code that on-site staff scan."""
        actor = current_actor()
        return self.page("code", title=gettext("My code"), one=get_visitor(actor.id, actor=actor))

    @expose("/code.png", methods=["GET"])
    @permitted(VisitorPermission.USE)
    def picture(self) -> Response:
        """Send the code as a picture to save."""
        actor = current_actor()
        visitor = get_visitor(actor.id, actor=actor)
        return qr_picture(visitor.qr_token, visitor.code)
