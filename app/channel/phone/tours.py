"""Phone pages of property consultants: tours, follow-ups, assigned customers (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.channel.phone.arrivals import act_once, reception_page, referral_facts, result_tag, state_tag
from app.channel.phone.base import PhoneView
from app.channel.phone.lists import phone_list
from app.channel.phone.onsite_forms import AfterTourForm
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.queries import REFERRAL_PEOPLE
from app.channel.scans.assignments import assigned_referrals, assigned_visits, count_assigned, get_assigned
from app.channel.scans.filters import SCANS
from app.channel.scans.queries import SCAN_PEOPLE
from app.channel.shared.permissions import TourPermission
from app.channel.tours import choices, policies
from app.channel.tours import services as tours
from app.channel.tours.filters import FOLLOW_UPS, TOURS
from app.channel.tours.queries import TOUR_PEOPLE, get_tour, visible_tours
from app.kernel.access.current import current_actor
from app.kernel.errors import Denied, NotFound
from app.kernel.pages.formatting import tag
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from markupsafe import Markup

    from app.channel.tours.models import Tour


TOUR_SEARCH = ("code", "name", "broker", "intention")
CUSTOMER_SEARCH = ("code", "name", "fragment", "broker")
VISITOR_SEARCH = ("code", "name", "fragment")


class PhoneTourView(PhoneView):
    """``/m/tours``, ``/m/assigned``."""

    class_permission_name = "Tour"
    default_view = "tours"

    @expose("/tours", methods=["GET"])
    @permitted(TourPermission.USE)
    def tours(self) -> str:
        """List the actor's tours, newest first."""
        found = phone_list(visible_tours(current_actor()), TOURS, TOUR_SEARCH, *TOUR_PEOPLE)
        return self.page("tours", title=gettext("Tours"), found=found, tag_of=_intention_tag)

    @expose("/tours/<int:pk>", methods=["GET"])
    @permitted(TourPermission.USE)
    def show(self, pk: int) -> Any:
        """Show a tour and its follow-ups."""
        return self._tour_page(get_tour(pk, actor=current_actor()))

    @expose("/tours/<int:pk>/follow-ups", methods=["GET", "POST"])
    @permitted(TourPermission.FOLLOW_UP)
    def follow_up(self, pk: int) -> Any:
        """Add a follow-up; a tour has any number."""
        if request.method == "GET":
            return redirect(url_for(".show", pk=pk, after=request.args.get("after")))
        return self._tour_page(get_tour(pk, actor=current_actor()))

    @expose("/assigned", methods=["GET"])
    @permitted(TourPermission.USE)
    def assigned(self) -> str:
        """List the customers and visitors that the latest scan assigned to the consultant."""
        actor = current_actor()
        if request.args.get("tab") == "visitors":
            tab = "visitors"
            found = phone_list(assigned_visits(actor), SCANS, VISITOR_SEARCH, *SCAN_PEOPLE)
        else:
            tab = "customers"
            found = phone_list(assigned_referrals(actor), REFERRALS, CUSTOMER_SEARCH, *REFERRAL_PEOPLE)
        return self.page(
            "assigned",
            title=gettext("My customers"),
            found=found,
            tab=tab,
            counts=count_assigned(actor),
            tag_of=result_tag,
            state_of=state_tag,
        )

    @expose("/assigned/<int:pk>", methods=["GET"])
    @permitted(TourPermission.USE)
    def customer(self, pk: int) -> str:
        """Show a broker's customer that the consultant receives."""
        actor = current_actor()
        referral = get_assigned(pk, actor=actor)
        return self.page(
            "assigned_show",
            title=gettext("My customer"),
            back=url_for(".assigned"),
            name=referral.name,
            state=state_tag(referral.present_state),
            facts=referral_facts(referral),
            until=referral.protected_until,
            earlier=tours.latest_own_tours(referral.code, actor=actor),
        )

    @expose("/q/<string:token>/tour", methods=["GET", "POST"])
    @permitted(TourPermission.CREATE)
    def record(self, token: str) -> Any:
        """Record the intention, for consultants who are also on-site staff there; others open the code's
        page.
        """
        try:
            return reception_page(token, current_actor())
        except (Denied, NotFound):
            return redirect(url_for("PhoneScanView.code", token=token), 303)

    def _tour_page(self, tour: Tour) -> Any:
        actor, form = current_actor(), AfterTourForm()

        def follow() -> dict[str, Any]:
            return {"id": tours.follow_tour(tour.id, content=form.content.data, actor=actor).id}

        return self.form_page(
            form,
            template="tour_show",
            title="",
            more={
                "title": gettext("Tour"),
                "back": url_for(".tours"),
                "tour": tour,
                "state": _intention_tag(tour.intention),
                "found": phone_list(tours.follow_ups_of(tour), FOLLOW_UPS, ()),
                "may_follow": bool(policies.can_follow_tour(actor, tour)),
            },
            submit=lambda values: act_once(actor, values, follow),
            done_url=str,
            done=lambda _made: redirect(url_for(".show", pk=tour.id), 303),
        )


def _intention_tag(code: str) -> Markup:
    text = gettext("Intention %(grade)s", grade=choices.INTENTION.label(code))
    return tag(text, choices.INTENTION.tone(code))
