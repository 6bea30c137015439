"""What channel sales bring into the application: tables, rights, settings, badges, files, refusals.

They declare themselves when they are loaded; this is where that happens.
"""

from __future__ import annotations

from app.channel import (
    access,
    brokers,
    closing,
    collisions,
    companies,
    consultants,
    expiry,
    fees,
    jobs,
    listing,
    projects,
    queries,
    ranking,
    rebinding,
    scanning,
    services,
    settings,
    timeline,
    tours,
    visitors,
)

PARTS = (
    access, brokers, closing, collisions, companies, consultants, expiry, fees, jobs, listing, projects,
    queries, ranking, rebinding, scanning, services, settings, timeline, tours, visitors,
)  # fmt: skip
