"""The codes of customers' columns, with their labels and tones (glossary.md, ui.md)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

POOL = Dictionary(
    "customer_pools",
    {"personal": _("Personal"), "platform": _("Platform")},
    {"personal": "blue", "platform": "cyan"},
    title=_("Pools"),
)
KIND = Dictionary(
    "customer_kinds",
    {"individual": _("Individual"), "enterprise": _("Enterprise")},
    title=_("Kinds of customers"),
)
FOLLOW_STATUS = Dictionary(
    "follow_statuses",
    {"pending": _("Pending"), "following": _("Following"), "off_shelf": _("Off shelf")},
    {"pending": "orange", "following": "blue", "off_shelf": "gray"},
    title=_("Follow statuses"),
)
DEAL_STATUS = Dictionary(
    "deal_statuses",
    {"potential": _("Potential"), "intent": _("Intent"), "won": _("Won"), "lost": _("Lost")},
    {"potential": "gray", "intent": "gold", "won": "green", "lost": "gray"},
    title=_("Deal statuses"),
)
STAGE = Dictionary(
    "stages",
    {"lead": _("Lead"), "ordinary": _("Ordinary"), "key": _("Key"), "lapsed": _("Lapsed")},
    {"lead": "blue", "ordinary": "gray", "key": "gold", "lapsed": "gray"},
    title=_("Stages"),
)
LEVEL = Dictionary(
    "levels",
    {"important": _("Important"), "normal": _("Normal"), "prospective": _("Prospective")},
    {"important": "red", "normal": "blue", "prospective": "gray"},
    title=_("Levels"),
)
GRADE = Dictionary(
    "grades",
    {grade: grade for grade in "ABCD"},
    {"A": "red", "B": "gold", "C": "blue", "D": "gray"},
    title=_("Grades"),
)
ACTIVITY = Dictionary(
    "activities",
    {"active": _("Active"), "inactive": _("Inactive"), "in_pool": _("In the public pool")},
    {"active": "green", "inactive": "gray", "in_pool": "gold"},
    title=_("Activity"),
)
DEMAND_KIND = Dictionary(
    "demand_kinds",
    {"buy": _("Buy"), "rent": _("Rent")},
    title=_("Kinds of demand"),
)
METHOD = Dictionary(
    "follow_up_methods",
    {
        "phone": _("Phone"),
        "wechat": _("WeChat"),
        "visit": _("Visit"),
        "viewing": _("Viewing"),
        "other": _("Other"),
    },
    title=_("Follow-up methods"),
)
SOURCE = Dictionary(
    "customer_sources",
    {
        "walk_in": _("Walk-in"),
        "referral": _("Recommended by a customer"),
        "online": _("Online platform"),
        "phone_call": _("Incoming call"),
        "event": _("Event"),
        "other": _("Other"),
    },
    title=_("Sources of customers"),
    editable=True,
)
INDUSTRY = Dictionary(
    "industries",
    {
        "real_estate": _("Real estate"),
        "retail": _("Retail"),
        "catering": _("Catering"),
        "education": _("Education"),
        "finance_industry": _("Financial services"),
        "manufacturing": _("Manufacturing"),
        "technology": _("Technology"),
        "medical": _("Medical care"),
        "other": _("Other"),
    },
    title=_("Industries"),
    editable=True,
)
COMPANY_SIZE = Dictionary(
    "company_sizes",
    {
        "micro": _("Up to 20 people"),
        "small": _("21 to 100 people"),
        "medium": _("101 to 500 people"),
        "large": _("More than 500 people"),
    },
    title=_("Company sizes"),
    editable=True,
)
BUSINESS_TYPE = Dictionary(
    "business_types",
    {
        "e_commerce": _("E-commerce"),
        "importer": _("Importer"),
        "retailer": _("Retailer"),
        "trader": _("Trader"),
        "wholesaler": _("Wholesaler"),
        "after_sales": _("After-sales service"),
        "mail_order": _("Mail order"),
    },
    title=_("Business types"),
    editable=True,
)
TRANSPORT_MODE = Dictionary(
    "transport_modes",
    {
        "sea": _("By sea"),
        "air": _("By air"),
        "rail": _("By rail"),
        "road": _("By road"),
        "express": _("By courier"),
        "pick_up": _("Picked up by the customer"),
    },
    title=_("Transport modes"),
    editable=True,
)
PRICE_TERMS = Dictionary(
    "price_terms",
    {one.lower(): one for one in ("EXW", "FCA", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DDP")},
    title=_("Price terms"),
    editable=True,
)
PUSH_STATE = Dictionary(
    "push_states",
    {
        "pending": _("Waiting for an answer"),
        "accepted": _("Accepted"),
        "rejected": _("Rejected"),
        "withdrawn": _("Withdrawn"),
        "ended": _("Push ended"),
    },
    {"pending": "orange", "accepted": "green", "rejected": "red", "withdrawn": "gray", "ended": "gray"},
    title=_("States of pushes"),
)
MEMBER_ACCESS = Dictionary(
    "member_access",
    {"read": _("May read"), "write": _("May write")},
    title=_("Access of team members"),
)
UNSHELVE_REASON = Dictionary(
    "unshelve_reasons",
    {
        "no_need": _("No longer looking"),
        "bought_elsewhere": _("Bought or rented elsewhere"),
        "unreachable": _("Cannot be reached"),
        "wrong_number": _("Wrong number"),
        "other": _("Other"),
    },
    title=_("Reasons to unshelve"),
    editable=True,
)
REVEAL_PURPOSE = Dictionary(
    "reveal_purposes",
    {
        "call_back": _("Call back"),
        "arrange_viewing": _("Arrange a viewing"),
        "recommend_listing": _("Recommend a listing"),
        "contract": _("Prepare a contract"),
        "complaint": _("Handle a complaint"),
    },
    title=_("Purposes of revealing a number"),
    editable=True,
)
