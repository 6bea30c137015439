"""The personal page of colleagues on the phone, and the messages of all phone users (CH-17, CH-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.channel.phone.base import (
    PhoneView,
    is_broker,
    is_consultant,
    is_visitor,
    safe_next,
    works_on_site,
)
from app.channel.phone.lists import phone_list
from app.channel.phone.message_links import message_address
from app.channel.phone.sms_button import proof_of_person
from app.channel.projects import choices
from app.channel.scans.assignments import duties_of
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.routes import permitted
from app.notices.models import Notification
from app.notices.queries import visible_notifications
from app.notices.services import mark_read
from app.org.accounts.forms import FirstOwnPasswordForm, PasswordPageForm
from app.org.accounts.views import PASSWORD_CHANGED, password_words
from app.org.sessions.login_sessions import end_one, open_sessions
from app.org.sessions.presentation import session_row
from app.org.shared.models import Account, Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.fields.forms import BaseForm


_MESSAGES = ListSpec((), {"created_at": Notification.created_at}, "-created_at")


def has_onsite_duty(actor: Actor) -> bool:
    """Tell whether the actor scans or receives."""
    return works_on_site(actor) or is_consultant(actor)


def is_registered(actor: Actor) -> bool:
    """Tell whether the actor registered from outside."""
    return is_broker(actor) or is_visitor(actor)


def has_password(actor: Actor) -> bool:
    """Tell whether the actor can sign in by a password."""
    return bool(db.session.get_one(Account, actor.id).password)


class PhoneStaffView(PhoneView):
    """``/m/staff``, ``/m/password``, ``/m/sessions``, ``/m/messages``: the signed-in person's own."""

    class_permission_name = "OwnAccount"
    default_view = "me"

    @expose("/staff", methods=["GET"])
    @permitted()
    def me(self) -> Any:
        """Show the person's profile, duties, and links to change the account."""
        actor = current_actor()
        if not has_onsite_duty(actor):
            return redirect(url_for("PhoneHomeView.home"))
        duties = [(one.project.name, choices.DUTY.label(one.duty)) for one in duties_of(actor)]
        return self.page(
            "staff", title=gettext("Me"), person=db.session.get_one(Staff, actor.id), duties=duties
        )

    @expose("/password", methods=["GET", "POST"])
    @permitted(during_duty=True)
    def password(self) -> Any:
        """Change the password, which requires the present one (CH-27, ACC-13). People who registered by their
        number have none: a code that is sent to it proves them before they set the first (ACC-18).
        """
        actor = current_actor()
        back = _own_page(actor)
        onward = safe_next() if request.args.get("next") else back
        is_first = not has_password(actor)
        form: BaseForm = FirstOwnPasswordForm() if is_first else PasswordPageForm()
        proof = proof_of_person(form, actor)
        words = password_words(back)
        return self.form_page(
            form,
            template="password",
            done=lambda _user: _changed(onward),
            more=proof["more"],
            only_show=proof["only_show"],
            **(words | {"title": gettext("Set a password")} if is_first else words),
        )

    @expose("/sessions", methods=["GET"])
    @permitted()
    def sessions(self) -> str:
        """List where the person is signed in (ACC-18)."""
        actor = current_actor()
        rows = [session_row(row) for row in open_sessions(actor)]
        return self.page(
            "sessions", title=gettext("Where you are signed in"), rows=rows, back=_own_page(actor)
        )

    @expose("/sessions/<int:pk>/end", methods=["POST"])
    @permitted()
    def end_session(self, pk: int) -> Any:
        """Sign out of one session."""
        end_one(pk, actor=current_actor())
        flash(gettext("The session was ended"), "success")
        return redirect(url_for(".sessions"), 303)

    @expose("/messages", methods=["GET"])
    @permitted()
    def messages(self) -> str:
        """List the person's messages, newest first; opening the list marks nothing as read."""
        found = phone_list(visible_notifications(current_actor()), _MESSAGES, ())
        return self.page("messages", title=gettext("Inbox"), found=found, back=_own_page(current_actor()))

    @expose("/messages/<int:pk>", methods=["POST"])
    @permitted()
    def open_message(self, pk: int) -> Any:
        """Mark a message as read and redirect to its record (CH-36)."""
        actor = current_actor()
        found = visible_notifications(actor).where(Notification.id == pk)
        notice = db.session.scalars(found).one_or_none()
        if notice is None:
            raise NotFound
        address = message_address(notice)
        mark_read(actor=actor, pk=pk)
        return redirect(address or url_for(".messages"), 303)

    @expose("/messages/read", methods=["POST"])
    @permitted()
    def read(self) -> Any:
        """Mark all messages as read."""
        mark_read(actor=current_actor())
        return redirect(url_for(".messages"), 303)


def _own_page(actor: Actor) -> str:
    if has_onsite_duty(actor):
        return url_for("PhoneStaffView.me")
    return url_for("PhoneMeView.me" if is_registered(actor) else "PhoneHomeView.home")


def _changed(back: str) -> Any:
    flash(str(PASSWORD_CHANGED), "success")
    return redirect(back, 303)
