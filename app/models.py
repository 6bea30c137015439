"""Every table of the application, loaded before any view: mappers name each other across contexts."""

from __future__ import annotations

from app.audit import models as audit
from app.channel.brokers import models as brokers
from app.channel.collisions import models as collisions
from app.channel.fees import models as fees
from app.channel.projects import models as projects
from app.channel.referrals import models as referrals
from app.channel.referrals import totals
from app.channel.scans import models as scans
from app.channel.tours import models as tours
from app.channel.visitors import models as visitors
from app.customers.duplicates import models as phone_claims
from app.customers.listing import models as name_search
from app.customers.numbers import models as numbers
from app.customers.shared import models as customers
from app.notices import models as notices
from app.notices.outbox import models as outbox
from app.org.roles import models as roles
from app.org.sessions import models as sessions
from app.org.shared import models as org
from app.pool.public_pool import models as public_pool
from app.pool.shelving import models as shelf_log
from app.system.runs import models as runs

MODULES = (
    audit, brokers, collisions, customers, fees, name_search, notices, numbers, org, outbox, phone_claims,
    projects, public_pool, referrals, roles, runs, scans, sessions, shelf_log, totals, tours, visitors,
)  # fmt: skip
