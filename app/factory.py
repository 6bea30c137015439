"""The application factory: settings, kernel, framework, contexts — in the order that the framework needs."""

from __future__ import annotations

import gc
import hashlib
import hmac
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_migrate import Migrate

from app.cli.daily import register_jobs
from app.cli.exposure import has_demo_accounts, refuse_exposed_demo
from app.cli.key_checks import prepare_keys
from app.cli.readiness import init_ready
from app.cli.restore import finish_restore
from app.cli.starting import keep_private
from app.contexts import register_contexts
from app.kernel.database.key_fingerprints import init_key_guard
from app.kernel.database.session import db, init_db
from app.kernel.logs import init_logs
from app.kernel.pages.assets import init_assets
from app.kernel.pages.exposure import init_exposure
from app.kernel.pages.requests import select_language
from app.kernel.pages.setup import init_web
from app.kernel.translation import compile_catalogues, init_translating
from app.org.roles.names import role_label
from app.org.sessions.access_events import init_access_events
from app.org.sessions.passwords import HASH_METHOD
from app.org.sessions.security import KepanSecurityManager, fake_hash
from app.workbench.views import WorkbenchView
from config import flask_config, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]


class _AppBuilder(AppBuilder):
    """The framework without its stock pages."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Do not look for waste while everything that is made stays."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_without_collection()
def create_app(env: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """Build the application from the environment; ``overrides`` change Flask's configuration (for tests)."""
    settings = read_settings(os.environ if env is None else env)
    keep_private(settings)
    init_logs(settings.log_level)
    app = Flask("app", root_path=str(ROOT / "app"))
    app.config.update(flask_config(settings), FAB_PASSWORD_HASH_METHOD=HASH_METHOD)
    app.config.update(overrides)
    finish_restore(settings)
    ring = app.extensions["kepan_keys"] = prepare_keys(settings)
    app.extensions["kepan_role_label"] = role_label
    app.config["SECRET_KEY"] = ring.present().session_key
    app.config["JWT_SECRET_KEY"] = _token_key(ring.present().session_key)
    app.config["KEPAN_ASSET_VERSION"] = _asset_version()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    compile_catalogues(settings.data_dir / "translations")
    fake_hash(app)
    init_db(app)
    init_key_guard(app)
    init_exposure(app, has_demo_accounts)
    init_web(app)
    init_access_events(app)
    init_assets(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        builder = _AppBuilder(
            app, db.session, indexview=WorkbenchView, security_manager_class=KepanSecurityManager
        )
        app.extensions["babel"].locale_selector = select_language
        init_translating(app)
        register_contexts(app, builder)
        register_jobs()
    init_ready(app)
    if settings.under_gunicorn:
        refuse_exposed_demo(app)
    from app.cli.commands import kepan  # noqa: PLC0415 - the commands import the whole application

    app.cli.add_command(kepan)
    return app


def _token_key(session_key: str) -> str:
    """Return the key that signs tokens: another one than that of cookies, so that neither is accepted as the
    other.
    """
    return hmac.new(session_key.encode(), b"kepan access and refresh tokens", hashlib.sha256).hexdigest()


def _asset_version() -> str:
    """Return a text that changes when an asset changes, so that browsers may keep assets for long."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "app" / "static").rglob("*.*")):
        digest.update(f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:10]
