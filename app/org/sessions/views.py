"""The pages of signing in (ACC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.baseviews import expose as expose_page
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_login import logout_user

from app.kernel.access.current import actor_or_none
from app.kernel.pages.requests import LANGUAGES
from app.org.sessions.forms import CodeForm
from app.org.sessions.signin import WRONG, WRONG_CODE, check_credentials, check_second_factor
from app.org.sessions.start_page import own_start_page
from app.org.sessions.web_session import (
    await_second_step,
    end_present_session,
    second_step_account,
    start_session,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from app.org.shared.models import Account


class SignInView(AuthDBView):
    """The sign-in page.  After a failure it keeps the typed name and shows the same message for every reason
    (ACC-12).
    """

    endpoint = "AuthDBView"

    def create_blueprint(self, appbuilder: Any, endpoint: Any = None, static_folder: Any = None) -> Any:
        return super().create_blueprint(appbuilder, "AuthDBView", static_folder)

    @expose_page("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """Sign in."""
        if actor_or_none() is not None:
            return redirect(get_safe_redirect(request.args.get("next", "")))
        form = LoginForm_db()
        status = 200
        if form.validate_on_submit():
            user = check_credentials(form.username.data, form.password.data, source=request.remote_addr or "")
            if user is not None and user.has_second_factor:
                await_second_step(user)
                return redirect(url_for(".code", next=request.args.get("next")), 303)
            if user is not None:
                start_session(user)
                return redirect(_first_page(user), 303)
            flash(str(WRONG), "danger")
            status = 401
        page = self.render_template(
            self.login_template, title=gettext("Sign in"), form=form, appbuilder=self.appbuilder
        )
        return page, status

    @expose_page("/login/code", methods=["GET", "POST"])
    def code(self) -> Any:
        """Show and submit the second step of sign-in, for accounts with a second factor (ACC-12)."""
        user = second_step_account()
        if user is None:
            return redirect(url_for(".login", next=request.args.get("next")), 303)
        form = CodeForm()
        status = 200
        if request.method == "POST":
            status = 401
            if form.validate() and check_second_factor(
                user, form.code.data, source=request.remote_addr or ""
            ):
                start_session(user)
                return redirect(_first_page(user), 303)
            flash(str(WRONG_CODE), "danger")
        page = self.render_template(
            "org/login_code.html", title=gettext("Sign in"), form=form, appbuilder=self.appbuilder
        )
        return page, status

    @expose_page("/logout/", methods=["POST"])
    def logout(self) -> AnyResponse:
        """Sign out of this session, including every copy of its cookie."""
        logout_user()
        end_present_session()
        return redirect(self.appbuilder.get_url_for_login, 303)


def _first_page(user: Account) -> str:
    """Return the page after signing in: the one that was asked for, else the person's own first page, while
    they may open it (OFF-10).
    """
    wanted = request.args.get("next", "")
    own = own_start_page(user) if not wanted else ""
    return own or str(get_safe_redirect(wanted))


class LanguageView(BaseView):
    """Choosing the language of the pages."""

    route_base = "/language"
    default_view = "choose"

    @expose_page("/<string:code>", methods=["POST"])
    def choose(self, code: str) -> AnyResponse:
        """Store the language in the session and return to the previous page."""
        if code in LANGUAGES:
            session["locale"] = code
        return redirect(get_safe_redirect(request.form.get("next") or request.referrer or ""), 303)
