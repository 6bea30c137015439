"""The tab of a customer's company paths, and their place in the 360° view (CUST-12, CUST-15)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.company_paths.fields import LABELS
from app.customers.company_paths.models import CompanyPath
from app.customers.company_paths.operations import ADD_COMPANY_PATH, MAKE_DEFAULT, REMOVE, TAB
from app.customers.company_paths.policies import can_edit_paths
from app.customers.company_paths.queries import paths_of
from app.customers.company_paths.serializers import PathRecord, path_records
from app.customers.company_paths.services import merge_paths
from app.customers.shared.belongings import erase_belongings
from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.customers.shared.permissions import CompanyPathPermission
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.customers.shared.views import belonging_buttons
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import join_html, tag
from app.kernel.pages.tabs import TIME, TabColumn, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


def _path(one: CompanyPath) -> Any:
    return join_html([one.path, tag(gettext("Default"), "blue")]) if one.is_default else one.path


_PATHS = (
    TabColumn("path", LABELS["path"], _path, wide=True),
    TabColumn("our_code", LABELS["our_code"], lambda one: one.our_code),
    TIME,
    TabColumn("who", _("Who"), lambda one: one.created_by.display_name),
)


def paths_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of company paths: the default one first, then the newest first."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    ordered = paths_of(customer).order_by(CompanyPath.is_default.desc(), CompanyPath.id.desc())
    rows, more = one_page(ordered, page)
    return table_of(
        rows,
        _PATHS,
        _("No company path yet"),
        more=more,
        buttons_of=partial(
            belonging_buttons,
            "CompanyPathView",
            actor=actor,
            facts=facts,
            edit=CompanyPathPermission.UPDATE,
            may_edit=can_edit_paths,
            operations=(MAKE_DEFAULT, REMOVE),
        ),
        buttons=form_button(ADD_COMPANY_PATH, customer, actor, facts),
    )


def _describe(record: PathRecord) -> tuple[str, str]:
    return record["created_by"]["name"], gettext("Company path added: %(path)s", path=record["path"])


COMPANY_PATHS = CustomerPart(
    TAB,
    _("Company paths"),
    paths_tab,
    lambda customer, _actor: paths_of(customer),
    CompanyPath.is_default,
    path_records,
    PathRecord,
    _describe,
    position=24,
    read=CompanyPathPermission.READ,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_paths,
        erase=erase_belongings(CompanyPath),
    ),
)
