"""What projects, broker companies and people bring into the menu (CH-1 … CH-5, CH-20, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.actions import ON_BROKERS
from app.channel.api_people import BrokerApi
from app.channel.broker_views import BrokerView
from app.channel.company_views import BrokerCompanyView
from app.channel.consultant_views import ConsultantView
from app.channel.option_views import ChannelOptionsView
from app.channel.place_actions import ON_CONSULTANTS, ON_PROJECTS
from app.channel.project_views import PlotView, ProjectView
from app.channel.visitor_views import VisitorView
from app.kernel.api.operations import form_action

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

for _action in ON_BROKERS:
    form_action(BrokerView, BrokerApi, _action)
for _action in ON_PROJECTS:
    form_action(ProjectView, None, _action)
for _action in ON_CONSULTANTS:
    form_action(ConsultantView, None, _action)


def register_places(builder: AppBuilder) -> None:
    """The pages of projects and people, and the choices of forms."""
    group = {
        "category": "Channel sales",
        "category_icon": "fa-handshake",
        "category_label": _("Channel sales"),
    }
    for view, name, icon, label in (
        (ProjectView, "Projects", "fa-city", _("Projects")),
        (BrokerCompanyView, "Broker companies", "fa-building-user", _("Broker companies")),
        (BrokerView, "Brokers", "fa-user-tie", _("Brokers")),
        (ConsultantView, "Property consultants", "fa-headset", _("Property consultants")),
        (VisitorView, "Walk-in visitors", "fa-person-walking", _("Walk-in visitors")),
    ):
        builder.add_view(view, name, icon=icon, label=label, **group)
    builder.add_view_no_menu(PlotView)
    builder.add_view_no_menu(ChannelOptionsView)
