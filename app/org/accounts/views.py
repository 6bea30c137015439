"""The user's own account: password, second factor, signing out everywhere (ACC-12, ACC-13).

These pages require sign-in only: every role needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import logout_user
from sqlalchemy.orm import selectinload

from app.audit.presentation import LOG_TAB
from app.kernel.access.current import current_actor, duty_or_none
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.lists.filters import ContainsFilter, FlagFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.answers import finish
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import join_html, local_time, tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.org.accounts import services as accounts
from app.org.accounts.forms import OwnPasswordForm, PasswordPageForm, SecondFactorForm
from app.org.accounts.queries import accounts_without_staff
from app.org.roles.names import role_label
from app.org.sessions import second_factor as secondfactor
from app.org.sessions.login_sessions import end_one, every_session, open_sessions
from app.org.sessions.passwords import describe_rules
from app.org.sessions.policies import requires_second_factor
from app.org.sessions.presentation import session_row
from app.org.sessions.settings import TOTP_ROLES, parse_roles
from app.org.sessions.web_session import CHANGE_PASSWORD, end_present_session, keep_signed_in
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


PASSWORD_CHANGED = _("Password changed; you were signed out everywhere else")


class AccountView(BaseView):
    """``/account/…``."""

    route_base = "/account"
    class_permission_name = "OwnAccount"
    default_view = "password"

    @expose("/password", methods=["GET", "POST"])
    @permitted(during_duty=True)
    def password(self) -> Any:
        """Change the user's own password; requires the present one."""
        home = url_for("WorkbenchView.index")
        return run_form(
            PasswordPageForm(), done=lambda _user: finish(home, PASSWORD_CHANGED), **password_words(home)
        )

    @expose("/sign-out-everywhere", methods=["POST"])
    @permitted(during_duty=True)
    def sign_out_everywhere(self) -> Any:
        """End all of the user's own sessions, including this one."""
        accounts.sign_out_everywhere(actor=current_actor())
        logout_user()
        end_present_session()
        flash(gettext("You were signed out everywhere"), "success")
        return redirect(url_for("AuthDBView.login"), 303)

    @expose("/sessions", methods=["GET"])
    @permitted()
    def sessions(self) -> str:
        """List the user's own sessions; an administrator sees those of all users (ACC-18)."""
        actor = current_actor()
        every = actor.is_admin and request.args.get("whose") == "all"
        found = every_session(actor) if every else [(row, actor.name) for row in open_sessions(actor)]
        return render_template(
            "org/sessions.html",
            rows=[session_row(row, name) for row, name in found],
            is_admin=actor.is_admin,
            every=every,
        )

    @expose("/sessions/<int:pk>/end", methods=["POST"])
    @permitted()
    def end_session(self, pk: int) -> Any:
        """Sign out of one session."""
        end_one(pk, actor=current_actor())
        flash(gettext("The session was ended"), "success")
        return redirect(url_for(".sessions"), 303)

    @expose("/second-factor", methods=["GET", "POST"])
    @permitted(during_duty=True)
    def second_factor(self) -> Any:
        """Show the state of the second factor, or its set-up."""
        if duty_or_none() is CHANGE_PASSWORD:
            return redirect(url_for(CHANGE_PASSWORD.endpoint))
        user = db.session.get_one(Account, current_actor().id)
        if user.has_second_factor:
            return self._state(user)
        form = SecondFactorForm()
        status = 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    codes = accounts.enable_second_factor(
                        sealed=form.sealed.data or "",
                        code=form.code.data,
                        password=form.password.data,
                        actor=current_actor(),
                    )
                    keep_signed_in(db.session.get_one(Account, user.id))
                    return _show_codes(codes)
                except Invalid as error:
                    form.add_errors(error.fields)
        return self._set_up(user, form), status

    @staticmethod
    def _state(user: Account) -> str:
        required = requires_second_factor(current_actor(), parse_roles(TOTP_ROLES.get()))
        return render_template(
            "org/second_factor.html",
            since=local_time(user.totp_since),
            codes_left=secondfactor.count_recovery_codes(user.id),
            is_required=required,
        )

    @staticmethod
    def _set_up(user: Account, form: SecondFactorForm) -> str:
        """Show the set-up page; after a wrong code it has the same QR code."""
        secret = secondfactor.read_sealed_secret(user, form.sealed.data or "")
        if secret is None:
            secret, form.sealed.data = secondfactor.new_sealed_secret(user)
            form.sealed.raw_data = None
        spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return render_template(
            "org/second_factor_setup.html",
            form=form,
            image=secondfactor.qr_image(user.username, secret),
            secret=spaced,
            duty=duty_or_none(),
        )

    @expose("/second-factor/codes", methods=["GET", "POST"])
    @permitted()
    def recovery_codes(self) -> Any:
        """Replace the user's recovery codes."""
        return run_form(
            OwnPasswordForm(),
            title=gettext("New recovery codes"),
            back_url=url_for(".second_factor"),
            submit=_renew_codes,
            done_url=lambda _codes: "",
            submit_label=_("Make new codes"),
            hint=_("The earlier codes are no longer good afterwards."),
            done=_show_codes,
        )

    @expose("/second-factor/off", methods=["GET", "POST"])
    @permitted()
    def second_factor_off(self) -> Any:
        """Switch the second factor off."""
        return run_form(
            OwnPasswordForm(),
            title=gettext("Switch the second factor off"),
            back_url=url_for(".second_factor"),
            submit=_switch_off,
            done_url=lambda _user: url_for(".second_factor"),
            submit_label=_("Switch off"),
            hint=_("Afterwards the password alone opens your account."),
        )


def password_words(back_url: str) -> dict[str, Any]:
    """Return texts and targets of the page that changes one's own password; a first password must be changed
    before anything else, so that there is no link back (ACC-12).
    """
    is_first = duty_or_none() is CHANGE_PASSWORD
    rules = describe_rules()
    return {
        "title": gettext("Change the first password") if is_first else gettext("Change password"),
        "back_url": "" if is_first else back_url,
        "submit": store_new_password,
        "submit_label": _("Change"),
        "hint": gettext("Please change your first password: %(rules)s", rules=rules) if is_first else rules,
        "done_url": str,
    }


def store_new_password(values: dict[str, Any]) -> Account:
    """Submit the form of one's own password; this session continues, the others end."""
    given = {name: value for name, value in values.items() if name != "repeated"}
    user = accounts.change_own_password(**given, actor=current_actor())
    keep_signed_in(user)
    return user


def _renew_codes(values: dict[str, Any]) -> list[str]:
    codes = accounts.renew_recovery_codes(actor=current_actor(), **values)
    keep_signed_in(db.session.get_one(Account, current_actor().id))
    return codes


def _switch_off(values: dict[str, Any]) -> Account:
    user = accounts.disable_second_factor(actor=current_actor(), **values)
    keep_signed_in(user)
    return user


def _show_codes(codes: list[str]) -> str:
    return render_template("org/recovery_codes.html", codes=codes)


SPEC = ListSpec(
    (
        ContainsFilter("username", _("Login name"), Account.username),
        ContainsFilter("name", _("Full name"), Account.last_name + Account.first_name),
        FlagFilter("enabled", _("Enabled"), lambda: Account.active.is_(True)),
    ),
    {"username": Account.username, "id": Account.id},
    "-id",  # user names of people who registered say nothing
)


def _state(account: Account) -> Any:
    return tag(gettext("Enabled"), "green") if account.active else tag(gettext("Disabled"), "gray")


class AccountListView(ScopedModelView):
    """Accounts without a staff profile."""

    datamodel = SQLAInterface(Account)
    route_base = "/accounts"
    class_permission_name = "Account"
    include_route_methods = {"list", "show", "tab"}
    scope = staticmethod(accounts_without_staff)
    spec = SPEC
    detail_tabs = (LOG_TAB,)
    list_options = (selectinload(Account.roles),)
    list_title = _("Non-staff accounts")
    empty_text = _("Every account belongs to a member of staff")
    list_columns = ["name", "roles", "username", "state", "second_factor"]
    label_columns = {
        "username": _("Login name"),
        "name": _("Full name"),
        "roles": _("Roles"),
        "state": _("Status"),
        "second_factor": _("Second factor"),
        "must_change_password": _("Has to change the password"),
    }
    formatters_columns = {
        "name": lambda account: account.display_name,
        "roles": lambda account: join_html(
            [tag(name, "blue") for name in sorted(role_label(role.name) for role in account.roles)]
        ),
        "state": _state,
        "second_factor": lambda account: account.has_second_factor,
    }
    show_fieldsets = [
        ("", {"fields": ["name", "roles", "username", "second_factor", "must_change_password"]})
    ]

    def record_title(self, record: Account) -> str:
        return record.display_name

    def record_tags(self, record: Account) -> list[Any]:
        return [_state(record)]

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *operation_offers(self, actor)]

    def detail_buttons(self, record: Account, actor: Actor, facts: Any) -> list[Button]:
        return operation_buttons(self, actor, record, facts)
