"""The operations on a customer, in the order of their buttons."""

from __future__ import annotations

from app.customers.accounts.operations import ADD_BANK_ACCOUNT
from app.customers.company_paths.operations import ADD_COMPANY_PATH
from app.customers.contacts.operations import ADD_CONTACT
from app.customers.files.operations import ADD_FILES, REMOVE_FILE
from app.customers.follow_ups.operations import FOLLOW_UP
from app.customers.groups.operations import JOIN_GROUP, LEAVE_GROUP
from app.customers.members.operations import ADD_MEMBER, REMOVE_MEMBER
from app.customers.numbers.operations import CHANGE_PHONE, REVEAL_PHONE
from app.customers.shipping_marks.operations import ADD_SHIPPING_MARK
from app.customers.transfers.operations import TRANSFER

DAILY = (FOLLOW_UP, REVEAL_PHONE)
OF_THE_FILE = (
    CHANGE_PHONE,
    TRANSFER,
    ADD_CONTACT,
    ADD_BANK_ACCOUNT,
    ADD_COMPANY_PATH,
    ADD_SHIPPING_MARK,
    ADD_FILES,
    ADD_MEMBER,
    JOIN_GROUP,
    LEAVE_GROUP,
)
REMOVALS = (REMOVE_FILE, REMOVE_MEMBER)
