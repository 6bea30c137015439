"""The page of statistics (CUST-25)."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext

from app.customers.shared.choices import METHOD
from app.customers.statistics.exports import TITLE, export_statistics
from app.customers.statistics.permissions import CustomerStatisticsPermission
from app.customers.statistics.presentation import SCOPE, growth_bars, growth_data, sections_of
from app.customers.statistics.queries import activity_per_day, statistics_of
from app.kernel.access.current import current_actor
from app.kernel.exports.views import export_answer
from app.kernel.pages.assets import vendor_url
from app.kernel.pages.elements import ECHARTS, Button
from app.kernel.pages.routes import permitted


class CustomerStatisticsView(BaseView):
    """``/customer-statistics``: the figures of the customers in scope, with charts."""

    route_base = "/customer-statistics"
    class_permission_name = "CustomerStatistics"
    default_view = "show"
    list_title = TITLE

    @expose("/", methods=["GET"])
    @permitted(CustomerStatisticsPermission.READ)
    def show(self) -> str:
        """Show all figures; each leads to its list."""
        actor = current_actor()
        found = statistics_of(actor)
        sections, months = sections_of(found), growth_bars(found)
        charts: dict[str, Any] = {one.name: one.data() for one in sections}
        buttons = []
        if actor.may(CustomerStatisticsPermission.EXPORT):
            url = url_for("CustomerStatisticsView.export")
            buttons = [Button(gettext("Export"), url, "fa-file-export", "download")]
        return render_template(
            "customers/statistics.html",
            title=str(TITLE),
            found=found,
            all_url=url_for("CustomerView.list", tab=SCOPE),
            won_url=url_for("CustomerView.list", tab=SCOPE, deal_status="won"),
            share=f"{found.won / found.total:.1%}" if found.total else "—",
            sections=sections,
            months=months,
            done=activity_per_day(actor),
            methods=[(code, METHOD.label(code)) for code in METHOD.codes],
            buttons=buttons,
            charts={**charts, "growth": growth_data(months)},
            echarts=vendor_url(ECHARTS),
        )

    @expose("/export", methods=["POST"])
    @permitted(CustomerStatisticsPermission.EXPORT)
    def export(self) -> Any:
        """Export the figures as a file."""
        return export_answer(export_statistics(current_actor()))
