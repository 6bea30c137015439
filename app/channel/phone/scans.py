"""Phone pages of on-site staff: read a code, confirm an arrival, list scans (CH-13 … CH-16)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.phone.arrivals import (
    arrival_page,
    choose_project,
    neutral_page,
    outcome_of,
    reception_page,
    result_tag,
    unknown_code_page,
)
from app.channel.phone.base import PhoneView, is_consultant, works_on_site
from app.channel.phone.lists import phone_list
from app.channel.phone.onsite_forms import CodeForm
from app.channel.scans import services as scanning
from app.channel.scans.code_proof import code_in, prove_code
from app.channel.scans.filters import SCANS
from app.channel.scans.policies import can_see_holder
from app.channel.scans.queries import SCAN_PEOPLE, get_scan, visible_scans
from app.channel.shared.permissions import ScanPermission
from app.kernel.access.current import current_actor
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from app.channel.brokers.models import Broker
    from app.channel.scans.models import OnsiteScan
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


SCANNER = "vendor/qr-scanner.min.js"
SEARCH = ("code", "name", "fragment", "broker", "consultant")


class PhoneScanView(PhoneView):
    """``/m/scan``, ``/m/q/…``, ``/m/scans``."""

    class_permission_name = "Scan"
    default_view = "scan"

    @expose("/scan", methods=["GET", "POST"])
    @permitted(ScanPermission.USE)
    def scan(self) -> Any:
        """Show how a code can be read; a read or typed code redirects to its customer."""
        actor = current_actor()
        if not (works_on_site(actor) or is_consultant(actor)):
            return redirect(url_for("PhoneHomeView.home"))
        return self.form_page(
            CodeForm(),
            template="scan",
            title="",
            more={"title": gettext("Scan"), "scanner": _scanner()},
            submit=lambda values: _page_key(values["code"], values["tail"] or "", actor),
            done_url=str,
            done=lambda code: redirect(url_for(".code", token=code), 303),
        )

    @expose("/q/<string:token>/", methods=["GET", "POST"])
    @expose("/q/<string:token>", methods=["GET", "POST"])
    @permitted()
    def code(self, token: str) -> Any:
        """Show the customer of a code: on-site staff confirm the arrival, consultants judge the intention."""
        actor = current_actor()
        pages = [
            page
            for rule, page in ((works_on_site, arrival_page), (is_consultant, reception_page))
            if rule(actor)
        ]
        refused = None
        for page in pages:
            try:
                return page(token, actor)
            except NotFound:
                return unknown_code_page()
            except Invalid:
                return choose_project(actor)
            except Denied as denied:
                refused = refused or denied
        return neutral_page(refused)

    @expose("/scans", methods=["GET"])
    @permitted(ScanPermission.USE)
    def records(self) -> str:
        """List the actor's scans, and for consultants those assigned to them, newest first (CH-16)."""
        found = phone_list(visible_scans(current_actor()), SCANS, SEARCH, *SCAN_PEOPLE)
        return self.page("scans", title=gettext("Scans"), found=found, tag_of=result_tag, holder_of=_holder)

    @expose("/scans/<int:pk>", methods=["GET"])
    @permitted(ScanPermission.USE)
    def show(self, pk: int) -> str:
        """Show the result of a scan, and the customer's status now (CH-14)."""
        row = get_scan(pk, actor=current_actor())
        return self.page(
            "scan_show",
            title=gettext("Scan record"),
            back=url_for(".records"),
            scan=row,
            state=result_tag(row.result),
            outcome=outcome_of(row),
            holder=_holder(row),
        )


def _holder(row: OnsiteScan) -> Broker | None:
    """Return the broker who is bound, where a scan collided and the person may know (CH-16)."""
    return row.bound_broker if can_see_holder(current_actor()) else None


def only_receives(actor: Actor) -> bool:
    """Tell whether the actor receives customers and does not scan them as on-site staff."""
    return is_consultant(actor) and not works_on_site(actor)


def _page_key(text: str, tail: str, actor: Actor) -> str:
    """Return the key of the customer's page: the token; a code that the consultant already receives; or on
    site a typed code with the last four digits (CH-30). The page itself decides who may open it.
    """
    word = scanning.extract_code(text)
    try:
        scanning.find_scanned(word, actor=actor, may_be_assigned=is_consultant(actor))
    except NotFound:
        if code_in(word) and works_on_site(actor):
            return prove_code(code=word, tail=tail, actor=actor)
        raise Invalid(code=_unknown_code_message(word)) from None
    return word


def _unknown_code_message(word: str) -> Sentence:
    if code_in(word):
        return _("Typed codes open your own customers only; scan the QR code of others")
    return _("This code belongs to nobody")


def _scanner() -> str:
    """Return the address of the script that reads QR pictures, if it is installed."""
    folder = current_app.static_folder
    return SCANNER if folder and (Path(folder) / SCANNER).is_file() else ""
