"""What channel sales bring into the application: tables, rights, settings, badges, files, refusals.

They declare themselves when they are loaded; this is where that happens.
"""

from __future__ import annotations

from app.channel import access
from app.channel.brokers import companies
from app.channel.brokers import services as brokers
from app.channel.collisions import rebinding
from app.channel.collisions import services as collisions
from app.channel.consultants import services as consultants
from app.channel.fees import services as fees
from app.channel.projects import filters as listing
from app.channel.projects import services as projects
from app.channel.ranking import queries as ranking
from app.channel.referrals import deals as closing
from app.channel.referrals import expiry, jobs, services, timeline
from app.channel.scans import services as scanning
from app.channel.shared import settings
from app.channel.tours import queries
from app.channel.tours import services as tours
from app.channel.visitors import services as visitors

PARTS = (
    access, brokers, closing, collisions, companies, consultants, expiry, fees, jobs, listing, projects,
    queries, ranking, rebinding, scanning, services, settings, timeline, tours, visitors,
)  # fmt: skip
