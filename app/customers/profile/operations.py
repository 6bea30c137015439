"""The operations on a customer, in the order of their buttons."""

from __future__ import annotations

from app.customers.categories.operations import CATEGORIZE
from app.customers.files.operations import ADD_FILES, REMOVE_FILE
from app.customers.follow_ups.operations import FOLLOW_UP
from app.customers.groups.operations import JOIN_GROUP, LEAVE_GROUP
from app.customers.members.operations import ADD_MEMBER, REMOVE_MEMBER
from app.customers.numbers.operations import CHANGE_PHONE, REVEAL_PHONE
from app.customers.tags.operations import TAG
from app.customers.transfers.operations import TRANSFER

DAILY = (FOLLOW_UP, REVEAL_PHONE)
OF_THE_FILE = (
    TAG,
    CATEGORIZE,
    CHANGE_PHONE,
    TRANSFER,
    ADD_FILES,
    ADD_MEMBER,
    JOIN_GROUP,
    LEAVE_GROUP,
)
REMOVALS = (REMOVE_FILE, REMOVE_MEMBER)
