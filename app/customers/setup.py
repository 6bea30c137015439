"""Registration of the customer file with the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit, register_code_fields
from app.audit.services import ExportRecorder
from app.audit.undo.services import declare_undo
from app.customers.categories import setup as categories
from app.customers.creation.services import code_taken
from app.customers.duplicates.dedupe_mode import prepare_switch
from app.customers.duplicates.services import number_claimed, tax_id_taken
from app.customers.files.queries import open_customer
from app.customers.follow_ups.queries import open_follow_up
from app.customers.follow_ups.views import FollowUpView
from app.customers.grading.services import declare_regrading
from app.customers.listing.calendar import NEXT_CONTACTS
from app.customers.listing.finding import CUSTOMERS
from app.customers.members.services import TEAM_UNDO
from app.customers.numbers import choices as number_choices
from app.customers.numbers.permissions import NumberLookupPermission
from app.customers.numbers.views import NumberLookupApi, NumberLookupView
from app.customers.profile import tabs
from app.customers.profile.api import CustomerApi
from app.customers.profile.operations import DAILY, OF_THE_FILE, REMOVALS
from app.customers.profile.parts_api import add_parts_to_api
from app.customers.profile.views import CustomerView
from app.customers.profile.work import WORK
from app.customers.shared import choices, settings
from app.customers.shared.fields import CODES
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.parts import Answers, answer, nothing, register_parts
from app.customers.shared.permissions import CustomerPermission, FollowUpPermission
from app.customers.shared.settings import DEDUPE_MODE
from app.customers.shared.todos import close_customer_todos, hand_over_todos, merge_todos
from app.customers.statistics import setup as statistics
from app.customers.tags import setup as tags
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.api.removals import add_removal
from app.kernel.database.transactions import refuses
from app.kernel.exports.views import offer_export
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.lists.finding import Command, declare_command, declare_kind
from app.kernel.pages.calendar import add_calendar
from app.kernel.pages.work import declare_work
from app.kernel.settings.declarations import before_change, declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry, when_all_registered
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE, STORE_MANAGER
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


TODOS = Answers(
    hand_over=hand_over_todos,
    unshelve=close_customer_todos,
    recycle=close_customer_todos,
    freeze=nothing,
    merge=merge_todos,
    erase=close_customer_todos,
)


def register(app: Flask) -> None:
    """Register the customer file: its operations, tabs, files and database rules."""
    declare_settings(settings)
    declare_dictionaries(choices, number_choices)
    _grant()
    refuses("pk_phone_claim", number_claimed)
    refuses("uq_customer_tax_id", tax_id_taken)
    refuses("uq_customer_code", code_taken)
    declare_subject(Subject(Customer.__files__, "Customer", open_customer))
    declare_subject(Subject(FollowUp.__files__, "Customer", open_follow_up))
    before_change(DEDUPE_MODE, prepare_switch)
    counts_as_edit("customer.change_phone", "customer.update", "customer.transfer")
    for permission in (CustomerPermission.ADD_MEMBER, CustomerPermission.REMOVE_MEMBER):
        declare_undo(permission, TEAM_UNDO)
    _describe_codes()
    for action in DAILY:
        add_operation(CustomerView, CustomerApi, action)
    for removal in REMOVALS:
        add_removal(CustomerView, CustomerApi, removal)
    register_parts(*tabs.PARTS)
    answer("todos", TODOS)
    declare_regrading()
    tags.register(app)
    categories.register(app)
    statistics.register(app)
    add_calendar(CustomerView, NEXT_CONTACTS)
    offer_export(CustomerView, CustomerApi, ExportRecorder("customer.export"), begin_export)
    add_menu_entry(app, "Customers", CustomerView, "fa-user-group", _("Customers"))
    add_menu_entry(app, "Follow-ups", FollowUpView, "fa-comment-dots", _("Follow-ups"))
    offer_export(NumberLookupView, NumberLookupApi, ExportRecorder("number_lookup.export"), begin_export)
    add_menu_entry(app, "Number look-ups", NumberLookupView, "fa-magnifying-glass", _("Number look-ups"))
    add_apis(app, CustomerApi, NumberLookupApi)
    declare_kind(CUSTOMERS)
    declare_work(*WORK)
    declare_command(
        Command(_("New customer"), "fa-plus", CustomerPermission.CREATE, lambda: url_for("CustomerView.add"))
    )
    when_all_registered(app, _finish)


def _finish() -> None:
    """Finish the registration after other contexts have added theirs: the file's own operations come last."""
    for action in OF_THE_FILE:
        add_operation(CustomerView, CustomerApi, action)
    CustomerView.detail_tabs = tabs.detail_tabs()
    add_parts_to_api(CustomerApi)


def _grant() -> None:
    """Grant the roles their functions (ACC-16); the rule of the record decides the rest."""
    grant([CustomerPermission.READ, CustomerPermission.EXPORT], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant(
        [
            CustomerPermission.CREATE,
            CustomerPermission.UPDATE,
            CustomerPermission.FOLLOW_UP,
            CustomerPermission.REVEAL_PHONE,
            CustomerPermission.CHANGE_PHONE,
        ],
        CUSTOMER_WORKERS,
    )
    grant(
        [
            CustomerPermission.ADD_FILES,
            CustomerPermission.REMOVE_FILE,
            CustomerPermission.ADD_MEMBER,
            CustomerPermission.REMOVE_MEMBER,
            CustomerPermission.JOIN_GROUP,
            CustomerPermission.LEAVE_GROUP,
            CustomerPermission.TRANSFER,
        ],
        CUSTOMER_WORKERS,
        words={"remove_file": _("Remove file"), "remove_member": _("Remove colleague")},
    )  # fmt: skip
    grant([*NumberLookupPermission], [AUDITOR, STORE_MANAGER])
    grant([FollowUpPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])


def _describe_codes() -> None:
    register_code_fields("customer", **CODES)
