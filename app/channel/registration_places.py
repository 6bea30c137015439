"""What projects, broker companies and people bring into the menu (CH-1 … CH-5, CH-20, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.brokers.api import BrokerApi
from app.channel.brokers.company_views import BrokerCompanyView
from app.channel.brokers.operations import ON_BROKERS
from app.channel.brokers.views import BrokerView
from app.channel.consultants.operations import ON_CONSULTANTS
from app.channel.consultants.views import ConsultantView
from app.channel.options import ChannelOptionsView
from app.channel.projects.operations import ON_PROJECTS
from app.channel.projects.views import PlotView, ProjectView
from app.channel.visitors.views import VisitorView
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
