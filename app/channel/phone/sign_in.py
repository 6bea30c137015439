"""Sign-in and registration on the phone (CH-3, CH-28); the session is the same as everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.utils.limit import Limit
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import logout_user

from app.channel.brokers import registration as brokers
from app.channel.brokers.choices import BROKER_KIND
from app.channel.phone import forms
from app.channel.phone.base import PhoneView, safe_next
from app.channel.phone.company_search import company_search
from app.channel.phone.proved_number import fill_in, keep_ticket, prove, proved_number
from app.channel.phone.sms_button import sms_button
from app.channel.shared.privacy_notice import NOTICE_TEXTS, NOTICE_VERSION
from app.channel.shared.registration import anonymous_actor
from app.channel.shared.settings import BROKERS_REGISTER, VISITORS_REGISTER
from app.channel.visitors import services as visitors
from app.kernel.access.current import actor_or_none
from app.kernel.database.session import db
from app.kernel.errors import Decision, Denied, NotFound
from app.kernel.fields.uploads import takes_files
from app.kernel.files.attachments import UnacceptableError
from app.kernel.pages.routes import permitted
from app.org.sessions.forms import CodeForm
from app.org.sessions.security import LOGIN_LIMIT, network_of_client
from app.org.sessions.signin import WRONG, WRONG_CODE, WRONG_SMS_CODE, check_credentials, check_second_factor
from app.org.sessions.sms_codes import sign_in_by_code
from app.org.sessions.web_session import (
    await_second_step,
    end_present_session,
    second_step_account,
    second_step_by_phone,
    start_session,
)
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.errors import Sentence
    from app.kernel.files.attachments import Upload


class PhoneEntranceView(PhoneView):
    """``/m/login``, ``/m/register``, ``/m/privacy``, ``/m/logout``."""

    class_permission_name = "Entrance"
    limits: ClassVar[list[Limit]] = [Limit(LOGIN_LIMIT, key_func=network_of_client, methods=("POST",))]
    default_view = "login"

    @expose("/login", methods=["GET", "POST"])
    def login(self) -> Any:
        """Sign in by a proved number, or by user name and password."""
        if actor_or_none() is not None:
            return redirect(safe_next())
        by_password = request.args.get("way") == "password"
        form: Any = forms.PasswordSignInForm() if by_password else forms.CodeSignInForm()
        step = {} if by_password else sms_button(form, "login")

        def submit(values: dict[str, Any]) -> Account | Decision | None:
            if by_password:
                found = check_credentials(**values, source=request.remote_addr or "")
                return found or _refused("auth.wrong", WRONG)
            return _by_code(values["phone"], values["sms_code"])

        return self.form_page(
            form,
            template="login",
            title=gettext("Sign in"),
            submit=submit,
            done_url=str,
            done=lambda user: _enter(user, by_phone=not by_password),
            more={"by_password": by_password, "code": step.get("code"), "others": _sign_in_links()},
            only_show=step.get("only_show", False),
        )

    @expose("/login/code", methods=["GET", "POST"])
    def code(self) -> Any:
        """Ask for the second factor of an account that has one (ACC-12)."""
        user = second_step_account()
        if user is None:
            return redirect(url_for(".login", next=_next_argument()))

        def submit(values: dict[str, Any]) -> Account | Decision:
            right = check_second_factor(user, values["code"], source=request.remote_addr or "")
            return user if right else _refused("auth.otp_wrong", WRONG_CODE, "code")

        return self.form_page(
            CodeForm(),
            title=gettext("Second factor"),
            back_url=url_for(".login", next=_next_argument()),
            submit=submit,
            submit_label=_("Sign in"),
            hint=_("Type the six digits that your authenticator app shows, or one of your recovery codes"),
            done_url=str,
            done=lambda user: _begin(user, by_phone=second_step_by_phone()),
        )

    @expose("/logout", methods=["POST"])
    @permitted(during_duty=True)
    def logout(self) -> Any:
        """Sign out of this session; the language stays."""
        logout_user()
        end_present_session()
        return redirect(url_for(".login"), 303)

    @expose("/register", methods=["GET"])
    def register(self) -> Any:
        """Choose a kind of account."""
        return self.page(
            "register_as",
            title=gettext("Register"),
            back=url_for(".login"),
            brokers_open=BROKERS_REGISTER.get(),
            visitors_open=VISITORS_REGISTER.get(),
        )

    @expose("/register/broker", methods=["GET", "POST"])
    def register_broker(self) -> Any:
        """Register a broker, who may work at once."""
        return self._register_broker("broker")

    @expose("/register/onsite", methods=["GET", "POST"])
    def register_onsite(self) -> Any:
        """Register a company on-site, who is reviewed first."""
        return self._register_broker("company_onsite")

    @expose("/register/visitor", methods=["GET", "POST"])
    def register_visitor(self) -> Any:
        """Register a walk-in visitor (CH-28)."""
        form = forms.VisitorRegisterForm()
        step = sms_button(form, "register")

        def register(**values: Any) -> int:
            return visitors.register_visitor(**values, actor=anonymous_actor()).id

        return self._register(form, gettext("Visitor"), register, step)

    @expose("/privacy", methods=["GET"])
    @expose("/privacy/<string:version>", methods=["GET"])
    def privacy(self, version: str = NOTICE_VERSION) -> str:
        """Show the privacy notice that people agree to, or the version that a person agreed to (PLAT-14)."""
        if version not in NOTICE_TEXTS:
            raise NotFound
        back = url_for("PhoneHomeView.home" if actor_or_none() else ".register")
        return self.page(
            "privacy",
            title=gettext("Privacy notice"),
            back=back,
            version=version,
            latest=NOTICE_VERSION,
            text=NOTICE_TEXTS[version],
        )

    def _register_broker(self, kind: str) -> Any:
        form = forms.BrokerRegisterForm()
        choice = company_search(form.company_id)
        step = sms_button(form, "register")
        step |= {
            "company": choice["company"],
            "only_show": step["only_show"] or choice["only_show"],
        }

        def register(**values: Any) -> int:
            return brokers.register_broker(**values, kind=kind, actor=anonymous_actor()).id

        step["is_reviewed"] = kind == "company_onsite"
        return self._register(form, BROKER_KIND.label(kind), register, step)

    def _register(self, form: Any, what: str, register: Any, step: dict[str, Any]) -> Any:
        """Show and submit a registration: the number with its proof, then the person, the picture last
        (CH-31).
        """
        if actor_or_none() is not None:
            return redirect(url_for("PhoneHomeView.home"))
        only_show, number = step.pop("only_show"), proved_number()
        notes: list[str] = []
        fill_in(form, number)

        def submit(values: dict[str, Any]) -> int:
            prove(values, number)
            values |= {"nickname": values["nickname"] or "", "avatar": _picture_of(form, notes)}
            made: int = register(**values)
            return made

        return self.form_page(
            form,
            template="register",
            title=gettext("Register: %(what)s", what=what),
            back_url=url_for(".register"),
            submit=submit,
            submit_label=_("Register"),
            done_url=str,
            done=lambda pk: _welcome(pk, notes),
            more={
                **step,
                "names": ["name", "nickname", "avatar"],
                "notice_version": NOTICE_VERSION,
                "is_proved": bool(number),
            },
            only_show=only_show,
        )


for _page in (
    PhoneEntranceView.register_visitor,
    PhoneEntranceView.register_broker,
    PhoneEntranceView.register_onsite,
):
    _page._takes_files = takes_files(forms.VisitorRegisterForm)


def _by_code(phone: str, code: str) -> Account | Decision | None:
    """Return the account that a code signs in to; None for a proved number without an account, which
    continues to the registration (CH-31).
    """
    try:
        found = sign_in_by_code(phone, code)
    except Denied as denied:
        keep_ticket(denied.decision.details["ticket"])
        return None
    return found or _refused("auth.wrong_code", WRONG_SMS_CODE, "sms_code")


def _refused(code: str, message: Sentence, field: str = "") -> Decision:
    return Decision(allowed=False, code=code, message=message, status=401, field=field)


def _next_argument() -> str | None:
    """Return the requested page, for the address of the next step."""
    return request.args.get("next") or None


def _sign_in_links() -> dict[str, str]:
    return {
        "code": url_for("PhoneEntranceView.login", next=_next_argument()),
        "password": url_for("PhoneEntranceView.login", way="password", next=_next_argument()),
    }


def _enter(user: Account | None, *, by_phone: bool) -> Any:
    if user is None:
        flash(gettext("Nobody is registered with this number yet"), "info")
        return redirect(url_for("PhoneEntranceView.register"), 303)
    if user.has_second_factor:
        await_second_step(user, by_phone=by_phone)
        return redirect(url_for("PhoneEntranceView.code", next=_next_argument()), 303)
    return _begin(user, by_phone=by_phone)


def _begin(user: Account, *, by_phone: bool) -> Any:
    address = safe_next()
    start_session(user, by_phone=by_phone, kind="phone")
    return redirect(address, 303)


def _picture_of(form: forms.VisitorRegisterForm, notes: list[str]) -> Upload | None:
    """Return the picture that came with a registration. The code is used up by now, so an invalid picture
    does not stop the registration: ``notes`` say why, and the person adds another one later.
    """
    try:
        return form.picture()
    except (UnacceptableError, Denied) as error:
        reason = error.reason if isinstance(error, UnacceptableError) else error.message
        said = gettext("Your picture was not taken")
        notes.append(f"{said}: {reason}")
        return None


def _welcome(pk: int, notes: list[str]) -> Any:
    start_session(db.session.get_one(Account, pk), by_phone=True, kind="phone")
    flash(gettext("Registered. Welcome!"), "success")
    for note in notes:
        flash(note, "warning")
    return redirect(url_for("PhoneHomeView.home"), 303)
