"""The channel ranking of the back office: the table with its totals, the charts, the export (CH-26).

It lists no records, so it builds the kernel's list page itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.channel.ranking.exports import COLUMNS, TITLE, export_ranking, filter_of
from app.channel.ranking.filters import RANKING
from app.channel.ranking.queries import TOP, ranking, totals
from app.channel.referrals.choices import FUNNEL, REFERRAL_STATE
from app.channel.shared.permissions import (
    BrokerCompanyPermission,
    BrokerPermission,
    ChannelRankingPermission,
    ReferralPermission,
)
from app.channel.shared.presentation import address_of, link, list_of
from app.kernel.access.current import current_actor
from app.kernel.exports.views import export_answer
from app.kernel.lists.requests import read_list_request
from app.kernel.pages.assets import vendor_url
from app.kernel.pages.elements import ECHARTS, Bar, Button, Column, ListPage, Row, Tab, length
from app.kernel.pages.formatting import qs
from app.kernel.pages.list_page import filter_look
from app.kernel.pages.list_views import shown_list
from app.kernel.pages.routes import permitted
from app.kernel.pages.view_tabs import layout_links, view_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.channel.ranking.queries import RankingFilter, RankingRow
    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.columns import ChosenColumn


PAGE_ARGUMENTS = {"page", "page_size", "view"}
_TONES = dict(zip(FUNNEL, ("gray", "blue", "green", "red"), strict=True))


@dataclass(frozen=True)
class Funnel:
    """A stage of the funnel: how many referrals reached it, and how many the stage before."""

    bar: Bar
    share: str

    def data(self) -> dict[str, Any]:
        """Return the data of the chart script."""
        return {**self.bar.data(), "text": " · ".join(filter(None, [self.bar.text, self.share]))}


class RankingView(BaseView):
    """``/channel-ranking``: ranks brokers by the stages that their customers reached."""

    route_base = "/channel-ranking"
    class_permission_name = "ChannelRanking"
    default_view = "list"
    spec = RANKING
    tabs = ()
    list_columns = tuple(COLUMNS)
    label_columns = COLUMNS

    @expose("/", methods=["GET"])
    @permitted(ChannelRankingPermission.READ)
    def list(self) -> str:
        """Show the table, or the charts of the same search."""
        actor = current_actor()
        asked = read_list_request(RANKING, request.args)
        wanted = filter_of(asked)
        wrong = any(one.name in asked.errors for one in RANKING.filters)
        sums = dict.fromkeys(("brokers", *FUNNEL), 0) if wrong else totals(actor, wanted)
        if request.args.get("view") == "charts":
            best = [] if wrong else ranking(actor, wanted, limit=TOP)
            return self._charts(asked, wanted, sums, best)
        start = (asked.page - 1) * asked.page_size
        rows = [] if wrong else ranking(actor, wanted, limit=asked.page_size, offset=start)
        return render_template("kernel/list.html", page=self._page(asked, wanted, sums, rows))

    @expose("/export", methods=["POST"])
    @permitted(ChannelRankingPermission.EXPORT)
    def export(self) -> Any:
        """Export the whole result as a file; a long one in the background."""
        kept = MultiDict([pair for pair in request.args.items(multi=True) if pair[0] not in PAGE_ARGUMENTS])
        return export_answer(export_ranking(kept, current_actor()))

    def _page(
        self, asked: ListRequest, wanted: RankingFilter, sums: dict[str, int], rows: Sequence[RankingRow]
    ) -> ListPage:
        number, total = asked.page, sums["brokers"]
        looks = shown_list(self, request.args, current_actor())
        charts = request.args.get("view") == "charts"
        filters = [one.field(request.args, asked.errors.get(one.name, "")) for one in RANKING.filters]
        return ListPage(
            key=self.class_permission_name,
            title=str(TITLE),
            columns=[_head(one) for one in looks.columns],
            rows=[_row(row, wanted) for row in rows],
            total=total,
            shown_total=f"{total:,}",
            total_is_exact=True,
            page=number,
            page_size=asked.page_size,
            filters=filters,
            filter_look=filter_look(filters),
            reset_url=url_for("RankingView.list", view="charts" if charts else None),
            empty_text=gettext("No broker has entered a customer yet"),
            tabs=[
                Tab("table", gettext("Table"), qs(view=None), active=not charts),
                Tab("charts", gettext("Charts"), qs(view="charts", page=None), active=charts),
            ],
            hidden=[("view", "charts")] if charts else [("page_size", str(asked.page_size))],
            buttons=_buttons(current_actor()),
            is_filtered=bool(asked.values),
            is_refused=bool(asked.errors),
            previous_url=qs(page=number - 1) if number > 1 else "",
            next_url=qs(page=number + 1) if number * asked.page_size < total else "",
            sums={state: _number(sums[state], _reached_url(state, wanted)) for state in FUNNEL},
            view_row=view_row(self, looks, current_actor()),
            **layout_links(self, looks.density, current_actor()),
        )

    def _charts(
        self, asked: ListRequest, wanted: RankingFilter, sums: dict[str, int], best: Sequence[RankingRow]
    ) -> str:
        funnel = funnel_of(sums, wanted)
        return render_template(
            "channel/ranking.html",
            page=self._page(asked, wanted, sums, []),
            funnel=funnel,
            best=[(row, _bars(row, best, wanted)) for row in best],
            charts={"funnel": [one.data() for one in funnel], "best": _best_data(best, wanted)},
            echarts=vendor_url(ECHARTS),
        )


def _head(one: ChosenColumn) -> Column:
    is_number = one.key in FUNNEL
    return Column(one.key, str(COLUMNS[one.key]), number=is_number, width=one.width, pinned=one.is_pinned)


def _buttons(actor: Actor) -> list[Button]:
    if not actor.may(ChannelRankingPermission.EXPORT):
        return []
    kept: dict[str, Any] = {
        name: request.args.getlist(name) for name in request.args if name not in PAGE_ARGUMENTS
    }
    return [Button(gettext("Export"), url_for("RankingView.export", **kept), "fa-file-export", "download")]


def _reached_url(state: str, wanted: RankingFilter, row: RankingRow | None = None) -> str:
    """Link to the referrals that a number counts: a broker's under their company, of the same days; of all
    brokers together by the same search.
    """
    days = {"created_from": wanted.entered_from, "created_to": wanted.entered_to}
    if row is not None:
        whose: dict[str, Any] = {"broker_id": row.broker_id, "company_id": row.company_id}
    else:
        whose = {"company": wanted.company, "broker": wanted.broker, "broker_phone": wanted.broker_phone}
    said = {name: value for name, value in {**whose, **days}.items() if value}
    return list_of("ReferralView", ReferralPermission.READ, reached=state, **said)


def _number(number: int, url: str) -> Any:
    return link(f"{number:,}", url if number else "")


def _row(row: RankingRow, wanted: RankingFilter) -> Row:
    cells: dict[str, Any] = {
        "company": link(
            row.company, address_of("BrokerCompanyView", BrokerCompanyPermission.READ, row.company_id)
        ),
        "broker": link(row.broker, address_of("BrokerView", BrokerPermission.READ, row.broker_id)),
        "phone": row.phone,
    }
    for state in FUNNEL:
        cells[state] = _number(getattr(row, state), _reached_url(state, wanted, row))
    return Row(row.broker_id, "", cells)


def funnel_of(sums: Mapping[str, int], wanted: RankingFilter) -> list[Funnel]:
    """Return the stages, from entered to closed."""
    return [_stage(sums, place, wanted) for place in range(len(FUNNEL))]


def _stage(sums: Mapping[str, int], place: int, wanted: RankingFilter) -> Funnel:
    """Return a stage, with its share of the stage before."""
    state = FUNNEL[place]
    number, before = sums[state], sums[FUNNEL[place - 1]] if place else 0
    bar = Bar(
        REFERRAL_STATE.label(state),
        f"{number:,}",
        number,
        _reached_url(state, wanted),
        length(number, sums[FUNNEL[0]]),
        _TONES[state],
    )
    return Funnel(bar, f"{number / before:.1%}" if before else "")


def _bars(row: RankingRow, best: Sequence[RankingRow], wanted: RankingFilter) -> list[Bar]:
    """Return the bars of the best brokers: closed, then bound."""
    top = max(one.bound for one in best)
    return [
        Bar(
            REFERRAL_STATE.label(state),
            f"{getattr(row, state):,}",
            getattr(row, state),
            _reached_url(state, wanted, row),
            length(getattr(row, state), top),
            _TONES[state],
        )
        for state in ("closed", "bound")
    ]


def _best_data(best: Sequence[RankingRow], wanted: RankingFilter) -> dict[str, Any]:
    """Return the data of the chart script."""
    return {
        "names": [f"{row.broker} · {row.company}" for row in best],
        "series": [
            {
                "name": REFERRAL_STATE.label(state),
                "tone": _TONES[state],
                "values": [getattr(row, state) for row in best],
                "urls": [_reached_url(state, wanted, row) for row in best],
            }
            for state in ("closed", "bound")
        ],
    }
