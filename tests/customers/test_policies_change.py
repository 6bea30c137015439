"""Who may edit a customer, change and reveal its number, as complete tables: POOL-4, POOL-5, POOL-6, CUST-21."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import Babel

from app.customers import policies
from tests.customers.test_policies_open import CAN_ACT
from tests.support.policy_cases import check_table


@pytest.fixture(autouse=True)
def language():
    """Sentences are lazy: they need an application, not a database."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield
