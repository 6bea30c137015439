"""The brokers of a company on-site's company (CH-9)."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.channel.brokers.filters import BROKERS
from app.channel.brokers.models import Broker
from app.channel.brokers.queries import get_work_profile, visible_brokers
from app.channel.phone.base import PhoneView, as_broker
from app.channel.phone.lists import phone_list
from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.settings import COMPANY_ONSITES_ENTER
from app.kernel.access.current import current_actor
from app.kernel.pages.routes import permitted


class PhoneCompanyView(PhoneView):
    """``/m/brokers``."""

    class_permission_name = "Broker"
    default_view = "brokers"

    @expose("/brokers", methods=["GET"])
    @permitted(BrokerPermission.USE)
    @as_broker
    def brokers(self) -> Any:
        """List the company's brokers, with links to call them and to report a customer for them."""
        actor = current_actor()
        own = get_work_profile(actor).broker
        if own is None or not own.is_onsite:
            return redirect(url_for("PhoneHomeView.home"))
        found = phone_list(visible_brokers(actor), BROKERS, ["name"], joinedload(Broker.account))
        return self.page(
            "brokers",
            title=gettext("Brokers"),
            back=url_for("PhoneHomeView.home"),
            company=own.broker_company.name,
            found=found,
            own_id=actor.id,
            may_enter=COMPANY_ONSITES_ENTER.get(),
        )
