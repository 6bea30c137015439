"""All contexts, lowest first. A new one gets a line here; the order of the layers is in ``pyproject.toml``,
the order of the menu in ``app/menu.py``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from app.kernel.api.files import FileApi
from app.kernel.api.openapi import DocumentApi
from app.kernel.files.attachments import attached_names, register_file_names
from app.kernel.jobs import registry, runs
from app.kernel.pages.badges import check_badges
from app.kernel.pages.files import FileView
from app.kernel.pages.live_view import LiveView
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_views, build, complete, when_all_registered
from app.menu import MENU

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from flask import Flask
    from flask_appbuilder import AppBuilder

CONTEXTS = (
    "audit",
    "notices",
    "org",
    "system",
    "customers",
    "deals",
    "listings",
    "pool",
    "channel",
    "search",
    "workbench",
)


def _import_doors() -> Iterator[ModuleType]:
    """Import every table, then the door of each context: mappers name each other across contexts, and a view
    asks for them as soon as it is imported.
    """
    for name in CONTEXTS:
        package = import_module(f"app.{name}")
        for found in walk_packages(package.__path__, f"app.{name}."):
            if found.name.endswith(".models"):
                import_module(found.name)
    for name in CONTEXTS:
        yield import_module(f"app.{name}.setup")


DOORS = tuple(_import_doors())


def _register_kernel(app: Flask) -> None:
    """Declare the kernel's own pages and API: files, what open pages ask, and the OpenAPI document."""
    declare_dictionaries(registry, runs)
    register_file_names(attached_names)
    when_all_registered(app, check_badges)
    add_views(app, FileView, LiveView)
    add_apis(app, DocumentApi, FileApi)


def declare_contexts(app: Flask) -> None:
    """Call ``register`` of every context, lowest first."""
    _register_kernel(app)
    for door in DOORS:
        door.register(app)
    complete(app)


def register_contexts(app: Flask, builder: AppBuilder) -> None:
    """Call ``register`` of every context, then pass everything declared to the framework."""
    declare_contexts(app)
    build(app, builder, MENU)
