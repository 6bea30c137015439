"""The phone's start page: the projects, and links for each role (CH-1, CH-3, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.channel.brokers import policies
from app.channel.brokers import registration as brokers
from app.channel.brokers.queries import get_work_profile
from app.channel.phone.base import (
    PhoneView,
    is_broker,
    is_visitor,
    tab_bar,
    working,
)
from app.channel.phone.presentation import active_projects, avatar_url, project_cards
from app.channel.phone.referral_history import capped
from app.channel.projects.queries import get_project
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.models import Referral
from app.channel.referrals.queries import count_tabs, visible_referrals
from app.channel.shared.permissions import ProjectPermission
from app.channel.visitors.services import get_visitor
from app.kernel.access.current import current_actor
from app.kernel.errors import NotFound
from app.kernel.files import attachments as files
from app.kernel.files.downloads import content_answer, thumbnail_answer
from app.kernel.lists.paging import first_records
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from flask import Response

    from app.kernel.access.actor import Actor

LATEST = 3
_FIGURES = ("reported", "bound", "closed")
_KEEP = "private, max-age=3600"  # seconds; a picture never changes, and a removed one disappears after them


class PhoneHomeView(PhoneView):
    """``/m/``."""

    class_permission_name = "Project"

    @expose("/", methods=["GET"])
    @permitted()
    def home(self) -> Any:
        """Show the start page; redirect staff to their phone pages and the office to its own pages."""
        actor = current_actor()
        if is_broker(actor):
            return self._brokers_home(actor)
        if is_visitor(actor):
            try:
                visitor = get_visitor(actor.id, actor=actor)
            except NotFound:
                return self._unregistered_page()
            return self.page(
                "home", title=gettext("Home"), person=visitor, avatar=avatar_url(visitor), **_projects(actor)
            )
        bar = tab_bar()
        if bar:
            return redirect(bar[0].url)
        return self.page("office", title=gettext("Kepan"))

    def _unregistered_page(self) -> str:
        """Return the page for an account without a registration, which an administrator made for an outside
        role.
        """
        return self.page("unregistered", title=gettext("Registration"), hide_bar=True)

    def _brokers_home(self, actor: Actor) -> str:
        profile = get_work_profile(actor)
        verdict = policies.can_work(profile)
        if profile.broker is None:
            return self._unregistered_page()
        if not verdict:
            return self.page("awaiting", title=gettext("Registration"), broker=profile.broker)
        counts = count_tabs(actor)
        figures = [(state, REFERRAL_STATE.label(state), capped(counts[state])) for state in _FIGURES]
        latest = first_records(visible_referrals(actor), Referral.created_at, LATEST)
        return self.page(
            "home",
            title=gettext("Home"),
            person=profile.broker,
            avatar=avatar_url(profile.broker),
            figures=figures,
            latest=latest,
            **_projects(actor),
        )

    @expose("/review", methods=["POST"])
    @permitted(ProjectPermission.USE)
    def ask_review(self) -> Any:
        """Let a rejected company on-site ask for another review (CH-3)."""
        actor = current_actor()
        brokers.resubmit_broker(actor.id, actor=actor)
        flash(gettext("Submitted again"), "success")
        return redirect(url_for(".home"), 303)

    @expose("/projects/<int:pk>", methods=["GET"])
    @permitted(ProjectPermission.USE)
    @working
    def project(self, pk: int) -> str:
        """Show a project: introduction, pictures, plots (CH-1)."""
        found = get_project(pk, actor=current_actor())
        (card,) = project_cards([found], with_plots=True)
        return self.page("project", title=found.name, back=url_for(".home"), card=card)

    @expose("/pictures/<int:pk>", methods=["GET"])
    @permitted(ProjectPermission.USE)
    def picture(self, pk: int) -> Response:
        """Send a picture of a project, plot or person that the actor can open."""
        return _cached(
            content_answer(files.get_file(pk, actor=current_actor(), permission=ProjectPermission.USE))
        )

    @expose("/pictures/<int:pk>/small", methods=["GET"])
    @permitted(ProjectPermission.USE)
    def small_picture(self, pk: int) -> Response:
        """Send the small version of the picture."""
        return _cached(
            thumbnail_answer(files.get_file(pk, actor=current_actor(), permission=ProjectPermission.USE))
        )


def _projects(actor: Actor) -> dict[str, Any]:
    """Return the only active project as a whole, or a card for each of several (CH-1)."""
    found = active_projects(actor)
    return {"cards": project_cards(found, with_plots=len(found) == 1)}


def _cached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = _KEEP
    return answer


def from_outside(actor: Actor) -> bool:
    """Tell whether the actor is a broker, company on-site or visitor."""
    return is_broker(actor) or is_visitor(actor)
