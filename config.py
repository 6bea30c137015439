"""Typed settings, read once from the environment.

Everything the program writes is below the data directory, including the keys, which are stored beside the
database and not in it.  Insecure settings are refused here, before anything starts (PLAT-16).
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from click import ClickException
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMO_PASSWORD = "Kepan-demo-2026"  # noqa: S105 - documented password of the demo accounts
TOKEN_ISSUER, TOKEN_AUDIENCE = "kepan", "kepan-api"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_UPLOAD_BYTES = 128 * 1024 * 1024  # a whole form with its files; each file has its own limit
MAX_STRANGER_UPLOAD_BYTES = 41 * 1024 * 1024  # a newcomer's form: one picture and a few fields


_REDIS_PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds
# A database that stops responding is noticed: by a request within seconds, by a run in a minute.
_POSTGRES_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}


class StartError(ClickException):
    """The application cannot start in its current state; the message says why and what to do.

    The command line shows the message alone, without a traceback; so does ``run.py``.
    """


class SettingsError(StartError, ValueError):
    """An environment variable has an invalid value; the message names it and the accepted values."""


class InsecureSettingsError(SettingsError):
    """The environment has an unsafe setting; the message says what to change."""


@dataclass(frozen=True)
class Settings:
    """The settings from the environment.  Paths are absolute."""

    data_dir: Path
    database_url: str
    host: str
    port: int
    rate_limits: bool
    redis_url: str
    demo_password: str
    proxies: int
    log_level: str
    demo: bool = False
    under_gunicorn: bool = False
    public_url: str = ""
    hsts_subdomains: bool = False
    files_url: str = ""
    files_endpoint: str = ""
    files_key: str = field(default="", repr=False)
    files_secret: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    smtp_from: str = ""
    sms_url: str = field(default="", repr=False)
    sms_token: str = field(default="", repr=False)
    robot_url: str = field(default="", repr=False)
    wechat_url: str = ""
    wechat_appid: str = ""
    wechat_secret: str = field(default="", repr=False)
    show_codes: bool = False
    jobs: bool = True
    lease_seconds: int = 15
    anchor_file: Path = Path("anchor.json")

    @property
    def is_loopback(self) -> bool:
        """True when only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def is_exposed(self) -> bool:
        """True when users of other machines can reach the server: by its address, through a reverse proxy, or
        because gunicorn serves it, whose address is unknown here (PLAT-16).
        """
        return not self.is_loopback or self.proxies > 0 or self.under_gunicorn

    @property
    def unsafe_switches(self) -> tuple[str, ...]:
        """The active variables that belong on a developer's machine only."""
        found = {"KEPAN_RATE_LIMITS=off": not self.rate_limits, "KEPAN_SHOW_CODES=on": self.show_codes}
        return tuple(name for name, used in found.items() if used)

    @property
    def base_url(self) -> str:
        """The product's public address, ending with a slash; never taken from a request's Host header."""
        if self.public_url:
            return self.public_url
        everywhere = self.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        host = socket.gethostname() if everywhere else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded default database."""
        return self.database_url.startswith("sqlite")


def is_loopback(host: str) -> bool:
    """True for names and addresses that never leave this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _default_data_dir(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "kepan"


def _files_url(env: Mapping[str, str], data_dir: Path) -> str:
    url = env.get("KEPAN_FILES_URL") or f"file://{data_dir / 'files'}"
    if not url.startswith(("file:///", "s3://")):
        message = "KEPAN_FILES_URL begins with file:// or s3://; correct or remove it"
        raise InsecureSettingsError(message)
    return url


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    """Return the database's address in SQLAlchemy's form.

    :raises SettingsError: when it is not an address, or of an unsupported kind of database.
    """
    url = env.get("KEPAN_DATABASE_URL") or f"sqlite:///{data_dir / 'kepan.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    try:
        kind = make_url(url).drivername
    except (ArgumentError, ValueError):
        kind = ""
    if kind not in {"sqlite", "postgresql+psycopg"}:
        message = "KEPAN_DATABASE_URL has the form sqlite:////path/to/kepan.db or postgresql://user@host/name"
        raise SettingsError(message)
    return url


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """Return an integer from the environment.

    :raises SettingsError: when it is not an integer, or outside of the limits.
    """
    raw = (env.get(name) or str(default)).strip()
    if not (raw.isascii() and raw.isdigit() and least <= int(raw) <= most):
        message = f"{name} is a whole number from {least} to {most}, not {raw!r}"
        raise SettingsError(message)
    return int(raw)


def _log_level(env: Mapping[str, str]) -> str:
    level = (env.get("KEPAN_LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        message = f"KEPAN_LOG_LEVEL is one of {', '.join(LOG_LEVELS)}, not {level!r}"
        raise SettingsError(message)
    return level


def _outside(env: Mapping[str, str], name: str, safe: str, plain: str) -> str:
    """Return the address of an external service that gets messages, files or secrets; empty without one.

    ``safe`` is the scheme with TLS.  The scheme without TLS is for services on this machine only: elsewhere
    the secrets could be read in transit.
    """
    url = env.get(name) or ""
    if not url or url.startswith(f"{safe}://"):
        return url
    if not url.startswith(f"{plain}://") or not is_loopback(urlsplit(url).hostname or ""):
        message = f"{name} begins with {safe}:// ({plain}:// is for services on this machine only)"
        raise InsecureSettingsError(message)
    return url


def _mail(env: Mapping[str, str]) -> str:
    """Return the mail server; ``smtp://`` is safe too, because TLS is then required."""
    url = env.get("KEPAN_SMTP_URL") or ""
    if url and not url.startswith(("smtp://", "smtps://")):
        message = "KEPAN_SMTP_URL begins with smtp:// or smtps://"
        raise SettingsError(message)
    return url


def _messages(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the providers of messages (PLAT-2): their addresses and secrets come from the
    environment only.
    """
    return {
        "smtp_url": _mail(env),
        "smtp_from": env.get("KEPAN_SMTP_FROM") or "",
        "sms_url": _outside(env, "KEPAN_SMS_URL", "https", "http"),
        "sms_token": env.get("KEPAN_SMS_TOKEN") or "",
        "robot_url": _outside(env, "KEPAN_ROBOT_URL", "https", "http"),
        "show_codes": (env.get("KEPAN_SHOW_CODES") or "off").lower() == "on",
    }


def _wechat(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the mini-program's platform (CH-3), at ``https://api.weixin.qq.com``; all three variables or
    none.
    """
    url = _outside(env, "KEPAN_WECHAT_URL", "https", "http")
    appid, secret = env.get("KEPAN_WECHAT_APPID") or "", env.get("KEPAN_WECHAT_SECRET") or ""
    if url and not (appid and secret):
        message = "KEPAN_WECHAT_URL needs KEPAN_WECHAT_APPID and KEPAN_WECHAT_SECRET; set both or remove it"
        raise InsecureSettingsError(message)
    return {"wechat_url": url, "wechat_appid": appid, "wechat_secret": secret}


def _public_url(env: Mapping[str, str]) -> str:
    """Return ``KEPAN_PUBLIC_URL`` with a slash at its end; empty where it is not set."""
    url = (env.get("KEPAN_PUBLIC_URL") or "").strip()
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        message = "KEPAN_PUBLIC_URL is an address such as https://kepan.example.com; correct or remove it"
        raise InsecureSettingsError(message)
    return f"{url.rstrip('/')}/"


def _is_on(env: Mapping[str, str], name: str) -> bool:
    return (env.get(name) or "").lower() in {"on", "yes"}


def _exposure(env: Mapping[str, str]) -> dict[str, Any]:
    """Return who can reach the server, and by which address."""
    return {
        "proxies": _number(env, "KEPAN_PROXIES", 0, 0, 10),
        "demo": _is_on(env, "KEPAN_DEMO"),
        # gunicorn sets this variable itself before it loads the application
        "under_gunicorn": (env.get("SERVER_SOFTWARE") or "").startswith("gunicorn"),
        "public_url": _public_url(env),
        "hsts_subdomains": _is_on(env, "KEPAN_HSTS_SUBDOMAINS"),
    }


def refuse_exposed(settings: Settings, what: str, remedy: str) -> None:
    """Refuse settings for a developer's machine where others can reach the server (PLAT-16).

    :raises InsecureSettingsError: unless only this machine reaches the server, or ``KEPAN_DEMO=yes``.
    """
    if settings.is_exposed and not settings.demo:
        message = (
            f"{what}: accepted on a loopback address only, without a proxy and without gunicorn; {remedy}, "
            "or set KEPAN_DEMO=yes for an installation without real customers"
        )
        raise InsecureSettingsError(message)


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read ``KEPAN_*``, ``HOST`` and ``PORT``.

    :raises SettingsError: for settings that cannot be used or are unsafe.
    """
    env = os.environ if env is None else env
    data_dir = Path(env.get("KEPAN_DATA_DIR") or _default_data_dir(env)).expanduser().resolve()
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(env, data_dir),
        host=env.get("HOST") or "127.0.0.1",
        port=_number(env, "PORT", 8080, 1, 65535),
        rate_limits=(env.get("KEPAN_RATE_LIMITS") or "on").lower() != "off",
        redis_url=env.get("KEPAN_REDIS_URL") or "",
        demo_password=env.get("KEPAN_DEMO_PASSWORD") or DEMO_PASSWORD,
        log_level=_log_level(env),
        files_url=_files_url(env, data_dir),
        files_endpoint=_outside(env, "KEPAN_FILES_ENDPOINT", "https", "http"),
        files_key=env.get("KEPAN_FILES_KEY") or "",
        files_secret=env.get("KEPAN_FILES_SECRET") or "",
        **_exposure(env),
        **_messages(env),
        **_wechat(env),
        jobs=(env.get("KEPAN_JOBS") or "on").lower() != "off",
        # Short enough for another process to take over within half a minute (PLAT-4).
        anchor_file=Path(env.get("KEPAN_ANCHOR_FILE") or data_dir / "anchor.json").expanduser().resolve(),
        lease_seconds=_number(env, "KEPAN_LEASE_SECONDS", 15, 1, 20),
    )
    for switch in settings.unsafe_switches:
        refuse_exposed(settings, switch, "remove it")
    return settings


def flask_config(settings: Settings) -> dict[str, Any]:
    """Translate the settings into the configuration of Flask and its extensions."""
    return {
        "KEPAN": settings,
        "APP_NAME": "客盘",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
        "MAX_UPLOAD_BYTES": MAX_UPLOAD_BYTES,
        "MAX_STRANGER_UPLOAD_BYTES": MAX_STRANGER_UPLOAD_BYTES,
        **_sign_in_config(),
        **_limits_config(settings),
        # the framework, at arm's length
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_MENU_API": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_API_KEY_ENABLED": False,
        "FAB_BASE_TEMPLATE": "appbuilder/baselayout.html",
        # languages
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(settings.data_dir / "translations"),
        "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=30),
    }


def _sign_in_config() -> dict[str, Any]:
    """Return the configuration of sign-in, sessions and tokens."""
    return {
        "AUTH_TYPE": 1,
        "AUTH_ROLE_ADMIN": "Admin",
        "AUTH_ROLE_PUBLIC": "Public",
        "AUTH_USER_REGISTRATION": False,
        "SESSION_COOKIE_NAME": "kepan",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),  # the settings of sign-in end sessions earlier
        "WTF_CSRF_TIME_LIMIT": None,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=30),
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(days=14),
        "JWT_TOKEN_LOCATION": ["headers"],
        "JWT_ENCODE_ISSUER": TOKEN_ISSUER,
        "JWT_DECODE_ISSUER": TOKEN_ISSUER,
        "JWT_ENCODE_AUDIENCE": TOKEN_AUDIENCE,
        "JWT_DECODE_AUDIENCE": TOKEN_AUDIENCE,
    }


def _limits_config(settings: Settings) -> dict[str, Any]:
    """Return the rate limits per address."""
    return {
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        # Without Redis each process counts for itself; a retry must not delay a request.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),
        "RATELIMIT_STORAGE_OPTIONS": _REDIS_PATIENCE if settings.redis_url else {},
        "RATELIMIT_HEADERS_ENABLED": True,
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    # hide_parameters: a database error in the log must not contain names and addresses
    if settings.is_sqlite:
        return {"connect_args": {"timeout": 30}, "hide_parameters": True}
    return {
        "connect_args": dict(_POSTGRES_PATIENCE),
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "hide_parameters": True,
    }
