"""Staff in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.kernel.fields.phones import masked_phone
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table
from app.org.shared.models import STAFF_STATUS, Staff
from app.org.shared.permissions import StaffPermission
from app.org.staff.queries import visible_staff

STAFF_WORDS = keep_words(WordIndex(Staff, word_table("staff"), ("name",), ("employee_no",), ("phone",)))


def _show(staff: Staff) -> Found:
    return Found(
        title=staff.name,
        code=staff.employee_no,
        phone=masked_phone(staff.phone),
        owner=staff.department.name,
        status=STAFF_STATUS.label(staff.status),
        tone=STAFF_STATUS.tone(staff.status),
    )


STAFF = Kind(
    "staff",
    _("Staff"),
    "fa-id-badge",
    "StaffView.show",
    StaffPermission.READ,
    STAFF_WORDS,
    visible_staff,
    _show,
    options=(joinedload(Staff.department),),
)
