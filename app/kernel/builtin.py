"""The kernel's own pages and API: files, and the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.api.files import FileApi
from app.kernel.api.openapi import DocumentApi
from app.kernel.files.attachments import attached_names, register_file_names
from app.kernel.jobs import registry, runs
from app.kernel.pages.badges import check_badges
from app.kernel.pages.files import FileView
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_views, when_all_registered

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Declare the files' pages and the API's document."""
    declare_dictionaries(registry, runs)
    register_file_names(attached_names)
    when_all_registered(app, check_badges)
    add_views(app, FileView)
    add_apis(app, DocumentApi, FileApi)
