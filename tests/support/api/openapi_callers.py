"""Who calls each operation of the API in the tests, and on which record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


Body = dict[str, Any]

# Operation, or the first part of its path → the caller: a user name, or a key of what ``populate`` returns.
CALLERS: dict[str, str] = {
    "broker-companies": "director",
    "brokers": "director",
    "collisions": "director",
    "consultants": "director",
    "number-lookups": "manager",
    "recycling-rules": "admin",
    "POST /api/v1/recycling-rules/rehearse": "manager",
    "POST /api/v1/customers/{pk}/claim": "agent2",
    "POST /api/v1/customers/{pk}/assign-from-pool": "manager",
    "categories": "admin",
    "tags": "manager",
    "projects": "director",
    "referrals": "director",
    "reports": "director",
    "scans": "onsite",
    "tours": "consultant",
    "viewing-fees": "director",
    "GET /api/v1/scans/export": "director",
    "GET /api/v1/tours/export": "director",
    "POST /api/v1/referrals": "channel_broker",
    "POST /api/v1/referrals/{pk}/report": "channel_broker",
    "POST /api/v1/referrals/{pk}/reopen": "admin",
    "POST /api/v1/viewing-fees": "secretary",
    "POST /api/v1/brokers/{pk}/resubmit": "rejected_broker",
    "accounts": "admin",
    "departments": "admin",
    "roles": "admin",
    "staff": "admin",
    "POST /api/v1/customers/{pk}/set-credit": "finance",
    "POST /api/v1/me/password": "agent2",  # it ends the other calls' sessions
}

# Operation → path argument → the key of the record in what ``populate`` returns.
PATHS: dict[str, dict[str, str]] = {
    "PATCH /api/v1/brokers/{pk}": {"pk": "other_brokers"},
    "POST /api/v1/brokers/{pk}/review": {"pk": "waiting_brokers"},
    "POST /api/v1/brokers/{pk}/resubmit": {"pk": "rejected_brokers"},
    "GET /api/v1/scans/{pk}": {"pk": "scan_ids"},
    "DELETE /api/v1/broker-companies/{pk}": {"pk": "spare_companies"},
    "POST /api/v1/referrals/{pk}/rebind": {"pk": "moving_referrals"},
    "POST /api/v1/referrals/{pk}/close": {"pk": "closing_referrals"},
    "POST /api/v1/referrals/{pk}/reopen": {"pk": "closed_referrals"},
    "POST /api/v1/referrals/{pk}/make-customer": {"pk": "sold_referrals"},
    "POST /api/v1/accounts/{pk}/enable": {"pk": "closed_accounts"},
    "POST /api/v1/accounts/{pk}/reset-second-factor": {"pk": "coded_accounts"},
    "DELETE /api/v1/customers/{pk}/files/{file_id}": {"pk": "customers", "file_id": "spare_files"},
    "DELETE /api/v1/customers/{pk}/members/{staff_id}": {"pk": "customers", "staff_id": "members"},
    "POST /api/v1/tags/{pk}/delete": {"pk": "spare_tags"},
    "POST /api/v1/categories/{pk}/delete": {"pk": "spare_categories"},
    "POST /api/v1/customers/{pk}/leave-group": {"pk": "linked"},
    "DELETE /api/v1/contacts/{pk}": {"pk": "spare_contacts"},
    "DELETE /api/v1/bank-accounts/{pk}": {"pk": "spare_accounts"},
    "DELETE /api/v1/company-paths/{pk}": {"pk": "spare_paths"},
    "DELETE /api/v1/shipping-marks/{pk}": {"pk": "spare_marks"},
    "POST /api/v1/imports/{pk}/cancel": {"pk": "open_imports"},
    "POST /api/v1/customers/{pk}/transfer": {"pk": "given_away"},
    "POST /api/v1/customers/{pk}/merge": {"pk": "mergeable"},
    "POST /api/v1/customers/{pk}/unmerge": {"pk": "survivors"},
    "GET /api/v1/customers/duplicates/{pk}": {"pk": "pairs"},
    "POST /api/v1/customers/{pk}/assign": {"pk": "pending"},
    "POST /api/v1/customers/{pk}/privatize": {"pk": "nobodys"},
    "POST /api/v1/customers/{pk}/recycle": {"pk": "left_alone"},
    "POST /api/v1/customers/{pk}/claim": {"pk": "to_claim"},
    "POST /api/v1/customers/{pk}/assign-from-pool": {"pk": "to_give"},
    "GET /api/v1/recycling-rules/{pk}": {"pk": "recycling_rules"},
    "PATCH /api/v1/recycling-rules/{pk}": {"pk": "recycling_rules"},
    "DELETE /api/v1/recycling-rules/{pk}": {"pk": "spare_rules"},
    "GET /api/v1/pool-entries/{pk}": {"pk": "pool_entries"},
    "POST /api/v1/customers/{pk}/publicize": {"pk": "held"},
    "POST /api/v1/customers/{pk}/push": {"pk": "on_shelf"},
    "POST /api/v1/customers/{pk}/shelve": {"pk": "off_shelf"},
    "POST /api/v1/customers/{pk}/unshelve": {"pk": "on_shelf"},
    "POST /api/v1/pushes/{pk}/reject": {"pk": "spare_pushes"},
    "POST /api/v1/pushes/{pk}/withdraw": {"pk": "sent_pushes"},
    "POST /api/v1/pushes/{pk}/end": {"pk": "accepted_pushes"},
    "POST /api/v1/opportunities/{pk}/win": {"pk": "ending_opportunities"},
    "POST /api/v1/opportunities/{pk}/lose": {"pk": "losing_opportunities"},
    "POST /api/v1/opportunities/{pk}/reopen": {"pk": "lost_opportunities"},
    "POST /api/v1/quotes/{pk}/lines": {"pk": "draft_quotes"},
    "POST /api/v1/quotes/{pk}/send": {"pk": "draft_quotes"},
    "POST /api/v1/quotes/{pk}/accept": {"pk": "sent_quotes"},
    "POST /api/v1/quotes/{pk}/refuse": {"pk": "refusable_quotes"},
    "POST /api/v1/quotes/{pk}/reopen": {"pk": "accepted_quotes"},
    "POST /api/v1/quotes/{pk}/make-contract": {"pk": "agreed_quotes"},
    "POST /api/v1/tickets/{pk}/wait": {"pk": "waiting_tickets"},
    "POST /api/v1/tickets/{pk}/solve": {"pk": "open_tickets"},
    "POST /api/v1/tickets/{pk}/close": {"pk": "closing_tickets"},
    "POST /api/v1/tickets/{pk}/reopen": {"pk": "solved_tickets"},
    "POST /api/v1/customers/{pk}/set-credit": {"pk": "firms"},
    "POST /api/v1/contracts/{pk}/sign": {"pk": "drafts"},
    "POST /api/v1/contracts/{pk}/end": {"pk": "signed_contracts"},
    "POST /api/v1/contracts/{pk}/reopen": {"pk": "ended_contracts"},
    "POST /api/v1/contracts/{pk}/void": {"pk": "voided_contracts"},
    "POST /api/v1/contracts/{pk}/plan": {"pk": "planned_contracts"},
    "POST /api/v1/payments/{pk}/take-back": {"pk": "received_payments"},
    "POST /api/v1/listings/{pk}/reserve": {"pk": "offered_listings"},
    "POST /api/v1/listings/{pk}/finish": {"pk": "ending_listings"},
    "POST /api/v1/listings/{pk}/withdraw": {"pk": "leaving_listings"},
    "POST /api/v1/listings/{pk}/offer-again": {"pk": "withdrawn_listings"},
    "POST /api/v1/customers/{pk}/listings/{listing_id}": {"pk": "looking", "listing_id": "listings"},
    "POST /api/v1/customers/{pk}/set-musts": {"pk": "looking"},
    "GET /api/v1/customers/{pk}/matches": {"pk": "looking"},
    "POST /api/v1/departments/{pk}/delete": {"pk": "spare_departments"},
    "POST /api/v1/roles/{pk}/delete": {"pk": "own_roles"},
    "POST /api/v1/staff/{pk}/organise": {"pk": "moving"},
    "POST /api/v1/staff/{pk}/reset-second-factor": {"pk": "coded_staff"},
}


def caller_of(label: str, records: Mapping[str, Any]) -> str:
    """Return who makes the ordinary call."""
    found = CALLERS.get(label) or CALLERS.get(label.split("/")[3], "agent")
    return str(records[found][0]) if found in records else found
