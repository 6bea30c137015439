"""One's own page: picture, e-mail, phone, language, first page, sign-in and notices in one place (OFF-10).

It requires sign-in only: everybody has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.fields.phones import mask_phone
from app.kernel.fields.uploads import takes_files
from app.kernel.keys import keys
from app.kernel.pages.answers import finish
from app.kernel.pages.form_page import run_form
from app.kernel.pages.menu import start_pages
from app.kernel.pages.requests import LANGUAGES, is_drawer
from app.kernel.pages.routes import permitted
from app.notices.choices.kinds import kinds_for
from app.notices.choices.models import CHANNELS
from app.notices.choices.queries import choices_of, quiet_hours_of
from app.notices.choices.services import choose_notices
from app.notices.outbox.models import CHANNEL
from app.org.profile import services
from app.org.profile.forms import EmailCodeForm, EmailForm, PictureForm, PreferencesForm
from app.org.profile.policies import minute_of_day, time_of_minute
from app.org.profile.queries import email_of, profile_of, reachable_channels
from app.org.sessions.credentials import number_of
from app.org.sessions.login_sessions import open_sessions
from app.org.sessions.presentation import session_row
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_PENDING = "pending_email"  # in the session, sealed: the address that is not confirmed yet
_NIGHT = ("22:00", "08:00")
_SESSIONS_SHOWN = 3
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


class ProfileView(BaseView):
    """``/my``."""

    route_base = "/my"
    class_permission_name = "OwnAccount"
    default_view = "page"

    @expose("/", methods=["GET"])
    @permitted()
    def page(self) -> str:
        """Show the person's own page."""
        return render_template("org/profile.html", **_page_content(current_actor()))

    @expose("/preferences", methods=["GET", "POST"])
    @permitted()
    def preferences(self) -> Any:
        """Choose the language and the first page."""
        actor = current_actor()
        profile = profile_of(actor.id)
        form = PreferencesForm(
            data={
                "language": profile.language if profile else None,
                "start_page": profile.start_page if profile else None,
            }
        )
        pages = [(view, label) for view, (label, _url) in start_pages(actor).items()]
        form.offer([(code, LANGUAGE_NAMES[code]) for code in LANGUAGES], pages)

        def submit(values: dict[str, Any]) -> None:
            services.choose_preferences(**values, actor=actor)
            if values["language"]:
                session["locale"] = values["language"]

        return _form(form, gettext("Language and first page"), submit)

    @expose("/email", methods=["GET", "POST"])
    @permitted()
    def email(self) -> Any:
        """Ask for a code to a new e-mail address."""
        actor = current_actor()

        def submit(values: dict[str, Any]) -> None:
            source = request.remote_addr or ""
            address = services.ask_for_email_code(**values, source=source, actor=actor)
            session[_PENDING] = keys().fernet.encrypt(f"{actor.id} {address}".encode()).decode()

        onward = url_for(".email_code", _drawer="1") if is_drawer() else url_for(".email_code")
        return _form(
            EmailForm(),
            gettext("E-mail address"),
            submit,
            submit_label=_("Send the code"),
            done=lambda _none: redirect(onward, 303),
        )

    @expose("/email/code", methods=["GET", "POST"])
    @permitted()
    def email_code(self) -> Any:
        """Confirm the e-mail address by the code that was sent to it."""
        actor = current_actor()
        address = _pending_address(actor)
        if not address:
            return redirect(url_for(".email"), 303)

        def submit(values: dict[str, Any]) -> None:
            source = request.remote_addr or ""
            services.confirm_email(email=address, code=values["code"], source=source, actor=actor)
            session.pop(_PENDING, None)

        return _form(
            EmailCodeForm(),
            gettext("Confirm the e-mail address"),
            submit,
            submit_label=_("Confirm"),
            hint=gettext("A code was sent to %(address)s.", address=address),
        )

    @expose("/email/remove", methods=["POST"])
    @permitted()
    def remove_email(self) -> Any:
        """Remove the e-mail address."""
        services.remove_email(actor=current_actor())
        return finish(url_for(".page"), _("The e-mail address was removed"))

    @expose("/picture", methods=["GET", "POST"])
    @permitted()
    def picture(self) -> Any:
        """Change the picture, which is re-encoded before it is stored."""
        actor, form = current_actor(), PictureForm()
        return _form(
            form,
            gettext("My picture"),
            lambda _values: services.change_picture(avatar=form.picture(), actor=actor),
        )

    @expose("/picture/remove", methods=["POST"])
    @permitted()
    def remove_picture(self) -> Any:
        """Remove the picture."""
        services.remove_picture(actor=current_actor())
        return finish(url_for(".page"), _("The picture was removed"))

    @expose("/notices", methods=["POST"])
    @permitted()
    def notices(self) -> Any:
        """Store which notices are sent where, and the quiet hours."""
        actor = current_actor()
        try:
            choose_notices(
                db.session.get_one(Account, actor.id),
                wanted=_posted_choices(),
                quiet=_posted_hours(),
                reachable=reachable_channels(actor.id),
                actor=actor,
            )
        except Invalid as error:
            content = _page_content(actor) | {"refused": " ".join(map(str, error.fields.values()))}
            return render_template("org/profile.html", **content), error.status
        flash(gettext("Saved"), "success")
        return redirect(url_for(".page", _anchor="notices"), 303)


ProfileView.picture._takes_files = takes_files(PictureForm)


def _form(form: Any, title: str, submit: Any, **how: Any) -> Any:
    """Show a form that returns to one's own page."""
    home = url_for("ProfileView.page")
    return run_form(form, title=title, back_url=home, submit=submit, done_url=lambda _result: home, **how)


def _pending_address(actor: Actor) -> str:
    """Return the address that this person wants to confirm; empty without one."""
    sealed = session.get(_PENDING)
    if not isinstance(sealed, str):
        return ""
    owner, _blank, address = keys().fernet.decrypt(sealed.encode()).decode().partition(" ")
    return address if owner == str(actor.id) else ""


def _posted_choices() -> set[tuple[str, str]]:
    pairs = (one.partition(":") for one in request.form.getlist("choice"))
    return {(kind, channel) for kind, _colon, channel in pairs}


def _posted_hours() -> tuple[int, int] | None:
    """Return the quiet hours that were sent.

    :raises Invalid: for what is no time.
    """
    if "quiet" not in request.form:
        return None
    try:
        return minute_of_day(request.form.get("begins", "")), minute_of_day(request.form.get("ends", ""))
    except ValueError:
        raise Invalid(quiet=_("A time is written as 22:30")) from None


def _page_content(actor: Actor) -> dict[str, Any]:
    """Return what the template shows."""
    user, profile = db.session.get_one(Account, actor.id), profile_of(actor.id)
    hours, number = quiet_hours_of(actor.id), number_of(actor.id)
    pages = start_pages(actor)
    begins, ends = (time_of_minute(hours.begins), time_of_minute(hours.ends)) if hours else _NIGHT
    sessions = open_sessions(actor)
    return {
        "email": email_of(profile),
        "phone": mask_phone(number) if number else "",
        "language": LANGUAGE_NAMES.get((profile.language if profile else None) or "", ""),
        "start_page": pages.get((profile.start_page if profile else None) or "", ("", ""))[0],
        "has_password": bool(user.password),
        "has_second_factor": user.has_second_factor,
        "sessions": [session_row(one) for one in sessions[:_SESSIONS_SHOWN]],
        "session_count": len(sessions),
        "kinds": kinds_for(actor),
        "channels": [(one, CHANNEL.label(one)) for one in CHANNELS],
        "reachable": reachable_channels(actor.id),
        "chosen": choices_of(actor.id),
        "is_quiet": hours is not None,
        "begins": begins,
        "ends": ends,
        "refused": "",
    }
