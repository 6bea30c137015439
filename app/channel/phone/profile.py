"""The personal page: picture, nickname, number, company, changes, service (CH-6, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.channel.brokers import services as brokers
from app.channel.brokers.models import Broker, BrokerChange
from app.channel.brokers.queries import get_broker_of
from app.channel.phone import forms
from app.channel.phone.base import PhoneView, is_visitor
from app.channel.phone.company_search import company_search
from app.channel.phone.presentation import active_projects, avatar_url
from app.channel.phone.sms_button import proof_of_person, sms_button
from app.channel.phone.staff_profile import has_password
from app.channel.shared.permissions import ProjectPermission
from app.channel.visitors import services as visitors
from app.channel.visitors.services import get_visitor
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.errors import Denied, forbidden
from app.kernel.fields.uploads import takes_files
from app.kernel.pages.routes import permitted
from app.org.sessions.web_session import keep_own_session

if TYPE_CHECKING:
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor


_MOST_CHANGES = 100


class PhoneMeView(PhoneView):
    """``/m/me`` of brokers and visitors."""

    class_permission_name = "Project"
    default_view = "me"

    @expose("/me", methods=["GET"])
    @permitted(ProjectPermission.USE)
    def me(self) -> str:
        """Show the person's profile."""
        actor = current_actor()
        person = _person(actor)
        return self.page(
            "me",
            title=gettext("Me"),
            person=person,
            is_broker=isinstance(person, Broker),
            avatar=avatar_url(person),
            has_password=has_password(actor),
            form=forms.AvatarForm(),
            projects=[one for one in active_projects(actor) if one.service_phone],
        )

    @expose("/me/picture", methods=["GET", "POST"])
    @permitted(ProjectPermission.USE)
    def picture(self) -> Any:
        """Change the picture, which is re-encoded before it is stored."""
        actor = current_actor()
        form = forms.AvatarForm()
        person = _person(actor)
        return self._form(
            form,
            gettext("My picture"),
            lambda _values: _service(person).edit_own_profile(avatar=form.picture(), actor=actor),
            template="picture",
            more={"person": person, "avatar": avatar_url(person)},
        )

    @expose("/me/nickname", methods=["GET", "POST"])
    @permitted(ProjectPermission.USE)
    def nickname(self) -> Any:
        """Change the nickname."""
        actor = current_actor()
        person = _person(actor)
        return self._form(
            forms.NicknameForm(data={"nickname": person.nickname}),
            gettext("Nickname"),
            lambda values: _service(person).edit_own_profile(nickname=values["nickname"] or "", actor=actor),
        )

    @expose("/me/phone", methods=["GET", "POST"])
    @permitted(ProjectPermission.USE)
    def phone(self) -> Any:
        """Change the number: the present factor and a code sent to the new one prove it (CH-5, ACC-18)."""
        actor = current_actor()
        broker = _broker(actor)
        form = forms.PhoneForm()
        step = sms_button(form, "change_phone")
        proof = proof_of_person(form, actor)

        def submit(values: dict[str, Any]) -> Broker:
            changed = brokers.edit_own_broker(**values, actor=actor)
            keep_own_session(actor.id, actor)
            return changed

        return self._form(
            form,
            gettext("Change phone"),
            submit,
            template="change_phone",
            more={"code": step["code"], "present": broker.phone, **proof["more"]},
            only_show=step["only_show"] or proof["only_show"],
        )

    @expose("/me/company", methods=["GET", "POST"])
    @permitted(ProjectPermission.USE)
    def company(self) -> Any:
        """Change the company; a company on-site then waits for review again (CH-5)."""
        actor = current_actor()
        broker = _broker(actor)
        form = forms.OwnCompanyForm(data={"company_id": broker.broker_company_id})
        step = company_search(form.company_id, broker.broker_company_id)
        return self._form(
            form,
            gettext("Change company"),
            lambda values: brokers.edit_broker(actor.id, company_id=values["company_id"], actor=actor),
            template="change_company",
            more={
                "company": step["company"],
                "present": broker.broker_company.name,
                "is_reviewed": broker.is_onsite,
            },
            only_show=step["only_show"],
        )

    @expose("/me/changes", methods=["GET"])
    @permitted(ProjectPermission.USE)
    def changes(self) -> str:
        """List the changes of the person's profile, latest first (CH-5, CH-6)."""
        broker = _broker(current_actor())
        sides = (joinedload(BrokerChange.company_before), joinedload(BrokerChange.company_after))
        statement = select(BrokerChange).where(BrokerChange.broker_id == broker.id).options(*sides)
        latest = statement.order_by(BrokerChange.created_at.desc(), BrokerChange.id.desc())
        rows = db.session.scalars(latest.limit(_MOST_CHANGES)).all()
        return self.page("changes", title=gettext("Change log"), back=url_for(".me"), rows=rows)

    @expose("/service", methods=["GET"])
    @permitted(ProjectPermission.USE)
    def service(self) -> str:
        """Show customer service: the number to call for each project (CH-6)."""
        found = [one for one in active_projects(current_actor()) if one.service_phone]
        return self.page("service", title=gettext("Customer service"), back=url_for(".me"), projects=found)

    def _form(self, form: Any, title: str, submit: Any, **how: Any) -> Any:
        """Show a form that returns to the personal page."""
        return self.form_page(
            form,
            title=title,
            back_url=url_for(".me"),
            submit=submit,
            done_url=str,
            done=lambda _person: _back(),
            **how,
        )


PhoneMeView.picture._takes_files = takes_files(forms.AvatarForm)


def _person(actor: Actor) -> Broker | Visitor:
    """Return the profile of the broker or visitor; other accounts have none here."""
    return get_visitor(actor.id, actor=actor) if is_visitor(actor) else _broker(actor)


def _broker(actor: Actor) -> Broker:
    found = get_broker_of(actor)
    if found is None:
        raise Denied(forbidden("broker.none", _("Only brokers may do this")))
    return found


def _service(person: Broker | Visitor) -> Any:
    return brokers if isinstance(person, Broker) else visitors


def _back() -> Any:
    flash(gettext("Saved"), "success")
    return redirect(url_for("PhoneMeView.me"), 303)
