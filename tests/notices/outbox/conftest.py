"""Real servers in place of the providers, and an application that is configured for them."""

from __future__ import annotations

import pytest

from tests.support.processes.gateways import Gateway, MailServer, serving


@pytest.fixture
def gateway():
    with serving(Gateway()) as server:
        yield server


@pytest.fixture
def mail_server():
    with serving(MailServer()) as server:
        yield server


@pytest.fixture
def connected(database, gateway, mail_server):
    """Push the context of the application with a provider for every channel."""
    made = database.new_app(
        {
            "KEPAN_SMS_URL": gateway.url,
            "KEPAN_SMS_TOKEN": "secret-token",
            "KEPAN_ROBOT_URL": gateway.url,
            "KEPAN_SMTP_URL": mail_server.url,
            "KEPAN_SMTP_FROM": "kepan@kepan.example",
        }
    )
    with made.app_context():
        yield made
