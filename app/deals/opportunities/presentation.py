"""How opportunities are shown: their part of the customer, and their cells (CUST-15, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.deals.opportunities import choices
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.serializers import OpportunityRecord, opportunity_records
from app.deals.opportunities.settings import probability_of
from app.deals.shared.answers import answers_of
from app.deals.shared.parts import RecordPart
from app.deals.shared.permissions import OpportunityPermission
from app.deals.shared.presentation import money
from app.kernel import clock
from app.kernel.pages.formatting import code_tag, join_html, tag
from app.kernel.pages.tabs import TIME, TabColumn

if TYPE_CHECKING:
    from markupsafe import Markup


def status_tags(record: Opportunity) -> list[Markup]:
    """Return the state as a tag, of open ones also the stage, and whether the expected day has passed."""
    if not record.is_open:
        return [code_tag(choices.STATUS, record.status)]
    tags = [code_tag(choices.STAGE, record.stage)]
    if record.expected_on is not None and record.expected_on < clock.today():
        tags.append(tag(gettext("Late"), "red"))
    return tags


def stage_cell(record: Opportunity) -> str:
    """Return the stage with its probability."""
    return f"{choices.STAGE.label(record.stage)} {probability_of(record.stage)}%"


def _described(record: Opportunity) -> str:
    reason = choices.LOST_REASON.label(record.lost_reason) if record.lost_reason else ""
    return " · ".join(filter(None, (money(record.amount, record.currency), stage_cell(record), reason)))


OPPORTUNITIES = RecordPart(
    key="opportunities",
    label=_("Opportunities"),
    model=Opportunity,
    view="OpportunityView",
    columns=(
        TIME,
        TabColumn("title", _("Title"), lambda row: row.title, wide=True),
        TabColumn("state", _("State"), lambda row: join_html(status_tags(row))),
        TabColumn("amount", _("Amount"), lambda row: money(row.amount, row.currency), number=True),
        TabColumn("expected_on", _("Expected on"), lambda row: row.expected_on),
        TabColumn("owner", _("Owner"), lambda row: row.owner.name),
    ),
    empty=_("No opportunity yet"),
    add_label=_("New opportunity"),
    records=opportunity_records,
    record_type=OpportunityRecord,
    tags=status_tags,
    describe=_described,
    said=lambda row: f"{row['title']} · {row['amount']:,.2f} {row['currency']}",
    answers=answers_of(Opportunity, (choices.OPEN,)),
    read=OpportunityPermission.READ,
    create=OpportunityPermission.CREATE,
    icon="fa-bullseye",
    position=42,
)
