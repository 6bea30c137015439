"""The tab of a customer's team (CUST-3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.members.operations import ADD_MEMBER, REMOVE_MEMBER
from app.customers.members.queries import team_of
from app.customers.shared import choices
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TabColumn, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.customers.members.queries import TeamMember
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import Button, TableTab

_TEAM = (
    TabColumn("name", _("Name"), lambda member: member.staff.name),
    TabColumn("department", _("Department"), lambda member: member.staff.department.name),
    TabColumn("way", _("By way of"), lambda member: _("An accepted push") if member.push_id else ""),
    TabColumn("access", _("Access"), lambda member: code_tag(choices.MEMBER_ACCESS, member.access)),
)


def team_tab(customer: Customer, _page: int) -> TableTab:
    """Return the tab of the people besides the owner who may open the customer (CUST-3)."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    remove = REMOVE_MEMBER.buttons("CustomerView", customer, actor, facts)
    return table_of(
        team_of(customer),
        _TEAM,
        _("Nobody beside the person responsible"),
        buttons_of=partial(_removal, remove),
        buttons=form_button(ADD_MEMBER, customer, actor, facts),
    )


def _removal(remove: Callable[[int, str], list[Button]], member: TeamMember) -> list[Button]:
    """Return the button that takes a colleague off the team; a push is ended among the customer's pushes."""
    if member.push_id:
        return []
    return remove(member.staff.id, gettext("Take %(name)s off the team?", name=member.staff.name))
