"""Code that all phone pages share: access, each role's landing page, the tab bar (CH-3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from flask import redirect, render_template, request, url_for
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.utils.base import is_safe_redirect_url

from app.channel.brokers import policies
from app.channel.brokers.queries import get_work_profile
from app.channel.shared.grants import BROKERS
from app.channel.shared.permissions import ScanPermission, TourPermission
from app.kernel.access.current import actor_or_none, current_actor, duty_or_none
from app.kernel.database.session import READ_METHODS
from app.kernel.pages.form_page import FormLayout, run_form
from app.org.roles.names import VISITOR
from app.org.sessions.web_session import CHANGE_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.fields.forms import BaseForm

PREFIX = "/m/"


@dataclass(frozen=True)
class PhoneTab:
    """An entry of the tab bar at the bottom; ``is_for(actor)`` decides who sees it. ``within`` names further
    views whose pages belong to it; ``badge`` names the count that it shows.
    """

    endpoint: str
    label: Sentence
    icon: str
    is_for: Callable[[Actor], bool]
    place: int
    within: tuple[str, ...] = ()
    badge: str = ""

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return url_for(self.endpoint)

    @property
    def active(self) -> bool:
        """Tell whether the current page belongs to it."""
        present = request.endpoint or ""
        return present == self.endpoint or present in self.within or present.split(".")[0] in self.within


_tabs: list[PhoneTab] = []


def register_phone_tabs(*tabs: PhoneTab) -> None:
    """Register entries of the tab bar; each module of phone pages does so when it is loaded."""
    _tabs.extend(tab for tab in tabs if tab not in _tabs)
    _tabs.sort(key=lambda tab: tab.place)


def is_broker(actor: Actor) -> bool:
    """Tell whether the actor works as a broker or company on-site."""
    return bool(actor.roles & {*BROKERS})


def is_visitor(actor: Actor) -> bool:
    """Tell whether the actor registered as a walk-in visitor."""
    return VISITOR in actor.roles


def works_on_site(actor: Actor) -> bool:
    """Tell whether the actor works on site; the administrator may, too, but has other pages."""
    return actor.may(ScanPermission.CREATE) and not actor.opens_all


def is_consultant(actor: Actor) -> bool:
    """Tell whether the actor receives customers as a property consultant."""
    return actor.may(TourPermission.CREATE) and not actor.opens_all


def tab_bar() -> list[PhoneTab]:
    """Return the tab bar of a signed-in person, unless they must do something else first."""
    actor = actor_or_none()
    if actor is None or duty_or_none() is not None:
        return []
    return [tab for tab in _tabs if tab.is_for(actor)]


def safe_next() -> str:
    """Return the address after sign-in: the requested page if it is one of ours, or else the role's landing
    page.
    """
    wanted = request.args.get("next", "")
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and is_safe_redirect_url(wanted)
    return wanted if local else url_for("PhoneHomeView.home")


class PhoneView(BaseView):
    """Base class of phone pages; ``permitted`` sends people without a session to the phone's sign-in."""

    route_base = "/m"
    sign_in_endpoint = "PhoneEntranceView.login"
    duty_endpoints: ClassVar = {CHANGE_PASSWORD.endpoint: "PhoneStaffView.password"}
    default_view = "home"

    @staticmethod
    def page(template: str, **content: Any) -> str:
        """Render a page with its tab bar; the top bar shows ``title`` and links to ``back`` (an address)."""
        return render_template(f"phone/{template}.html", bar=tab_bar(), **content)

    @staticmethod
    def form_page(
        form: BaseForm, *, template: str = "form", more: dict[str, Any] | None = None, **how: Any
    ) -> Any:
        """Show and submit a form like :func:`~app.kernel.pages.form_page.run_form`, in the phone look."""
        how.setdefault("back_url", "")
        look = FormLayout(f"phone/{template}.html", {"bar": tab_bar(), **(more or {})})
        return run_form(form, look=look, **how)


def working(handler: Any) -> Any:
    """Route decorator below ``permitted``: refuse brokers who may not work yet (CH-3).

    Pages redirect to the start page, which says what they wait for; other requests are refused.
    """
    return _requiring_work(handler, is_broker)


def as_broker(handler: Any) -> Any:
    """Route decorator like :func:`working` that also refuses everyone but brokers."""
    return _requiring_work(handler, lambda _actor: True)


def _requiring_work(handler: Any, applies_to: Callable[[Actor], bool]) -> Any:
    @wraps(handler)
    def run(self: PhoneView, *args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        if applies_to(actor):
            profile = get_work_profile(actor)
            verdict = policies.can_work(profile)
            if not verdict and profile.broker is not None and request.method in READ_METHODS:
                return redirect(url_for("PhoneHomeView.home"))
            verdict.enforce()
        return handler(self, *args, **kwargs)

    return run
