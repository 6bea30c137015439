"""All contexts, lowest first. A new one gets a line here, a layer in ``pyproject.toml``, and places for its
menu entries in ``app/menu.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import app.models  # noqa: F401 - every table is known before a view asks for one
from app.audit import setup as audit
from app.channel import setup as channel
from app.customers import setup as customers
from app.kernel import builtin
from app.kernel.setup import build, complete
from app.menu import MENU
from app.notices import setup as notices
from app.org import setup as org
from app.pool import setup as pool
from app.system import setup as system
from app.workbench import setup as workbench

if TYPE_CHECKING:
    from flask import Flask
    from flask_appbuilder import AppBuilder

CONTEXTS = (builtin, audit, notices, org, system, customers, pool, channel, workbench)


def declare_contexts(app: Flask) -> None:
    """Call ``register`` of every context, lowest first."""
    for context in CONTEXTS:
        context.register(app)
    complete(app)


def register_contexts(app: Flask, builder: AppBuilder) -> None:
    """Call ``register`` of every context, then pass everything declared to the framework."""
    declare_contexts(app)
    build(app, builder, MENU)
