"""A broker's customers on the phone: report, list, viewing QR (CH-7 … CH-12, CH-17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.channel.brokers.models import Broker
from app.channel.brokers.queries import get_work_profile, visible_brokers
from app.channel.phone.arrivals import act_once
from app.channel.phone.base import PhoneView, as_broker
from app.channel.phone.forms import ReferralForm
from app.channel.phone.presentation import active_projects
from app.channel.phone.referral_history import TABS, capped, history_lines, search, status_text
from app.channel.projects.queries import members_of
from app.channel.referrals import policies, services
from app.channel.referrals.presentation import referral_qr
from app.channel.referrals.queries import REFERRAL_PEOPLE, count_tabs, get_referral, referrals_in
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.settings import COMPANY_ONSITES_ENTER
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.kernel.pages.formatting import qs
from app.kernel.pages.routes import permitted
from app.kernel.text import read_id
from app.org.shared.models import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from app.channel.phone.fields import PickField
    from app.channel.projects.models import Project
    from app.kernel.access.actor import Actor


_MOST_BROKERS = 100  # brokers in the phone's own picker; others are found on the page of the company


class PhoneCustomerView(PhoneView):
    """``/m/report``, ``/m/customers``."""

    class_permission_name = "Referral"
    default_view = "customers"

    @expose("/report", methods=["GET", "POST"])
    @permitted(ReferralPermission.CREATE)
    @as_broker
    def report(self) -> Any:
        """Enter a customer, and report it at once (CH-7 … CH-9)."""
        actor = current_actor()
        projects = active_projects(actor)
        chosen = request.args.get("project", type=int) if len(projects) > 1 else None
        project = next((one for one in projects if len(projects) == 1 or one.id == chosen), None)
        if project is None:
            return self.page("report_where", title=gettext("Report customer"), projects=projects)
        form = ReferralForm()
        form.consultant_id.offer(db.session.scalars(members_of(project.id, "consultant")))
        _offer_brokers(form.for_broker_id, actor)

        def submit(values: dict[str, Any]) -> Mapping[str, Any]:
            given = {**values, "report": request.form.get("then") != "enter"}
            once = given.pop("once")

            def enter() -> dict[str, Any]:
                made = services.enter_referral(**given, project_id=_asked(project, projects), actor=actor)
                return {"id": made.id, "reported": bool(made.qr_token)}

            try:
                return act_once(actor, {**given, "once": once}, enter)
            except Denied as error:
                raise _with_link(error, actor) from None

        return self.form_page(
            form,
            template="report",
            title=gettext("Report customer"),
            submit=submit,
            done_url=str,
            done=_entered,
            more={"project": project if len(projects) > 1 else None, "most_brokers": _MOST_BROKERS},
        )

    @expose("/customers", methods=["GET"])
    @permitted(ReferralPermission.USE)
    @as_broker
    def customers(self) -> str:
        """List the actor's customers by state, each state with its count (CH-10)."""
        actor = current_actor()
        tab = request.args.get("tab", "all")
        tab = tab if tab in TABS else "all"
        typed, found = search(referrals_in(actor, tab), actor, *REFERRAL_PEOPLE)
        counts = count_tabs(actor)
        return self.page(
            "customers",
            title=gettext("My customers"),
            tab=tab,
            tabs=[(key, label, capped(counts[key])) for key, label in TABS.items()],
            typed=typed,
            found=found,
            more_url=qs(after=found.after) if found.after else "",
            own_id=actor.id,
        )

    @expose("/customers/<int:pk>", methods=["GET"])
    @permitted(ReferralPermission.USE)
    @as_broker
    def customer(self, pk: int) -> str:
        """Show a customer: code, protection, history (CH-11, CH-17)."""
        actor = current_actor()
        referral = get_referral(pk, actor=actor)
        return self.page(
            "customer",
            title=gettext("Customer"),
            back=url_for(".customers"),
            one=referral,
            can_report=policies.can_report(actor, referral, get_work_profile(actor)),
            events=history_lines(referral),
            standing=status_text(referral) if referral.present_state == "reported" else "",
            own_id=actor.id,
        )

    @expose("/customers/<int:pk>/qr.png", methods=["GET"])
    @permitted(ReferralPermission.USE)
    @as_broker
    def qr(self, pk: int) -> Response:
        """Send the viewing QR as a picture to save (CH-11)."""
        return referral_qr(get_referral(pk, actor=current_actor()))

    @expose("/customers/<int:pk>/report", methods=["POST"])
    @permitted(ReferralPermission.REPORT)
    def report_again(self, pk: int) -> Any:
        """Report the customer again, any number of times (CH-11, CH-12)."""
        services.report_referral(pk, actor=current_actor())
        flash(gettext("Reported"), "success")
        return redirect(url_for(".customer", pk=pk), 303)


def _asked(project: Project, projects: list[Project]) -> int | None:
    return project.id if len(projects) > 1 else None


def _offer_brokers(field: PickField, actor: Actor) -> None:
    """Let a company on-site choose a broker of the company; ``?for=…`` names any one of them (CH-9)."""
    own = get_work_profile(actor).broker
    if own is None or not own.is_onsite or not COMPANY_ONSITES_ENTER.get():
        return
    others = visible_brokers(actor).where(Broker.id != actor.id, Broker.review_state == "approved")
    others = others.join(Account, Account.id == Broker.id).where(Account.active.is_(True))
    wanted = field.data if field.raw_data else request.args.get("for", type=read_id)
    named = db.session.scalars(others.where(Broker.id == wanted)).all() if wanted else []
    by_name = others.where(Broker.id.not_in([one.id for one in named])).order_by(Broker.name_sort, Broker.id)
    field.offer([*named, *db.session.scalars(by_name.limit(_MOST_BROKERS))], wanted)


def _with_link(error: Denied, actor: Actor) -> Denied:
    """Link the refusal of a duplicate to the existing customer, where the actor can open it (CH-8)."""
    pk = error.decision.details.get("referral_id")
    if pk is None:
        return error
    try:
        get_referral(pk, actor=actor)
    except NotFound:
        return error
    return Denied(replace(error.decision, link=url_for("PhoneCustomerView.customer", pk=pk)))


def _entered(made: Mapping[str, Any]) -> Any:
    flash(gettext("Reported") if made["reported"] else gettext("Saved"), "success")
    return redirect(url_for("PhoneCustomerView.customer", pk=made["id"]), 303)
