"""Set-up of every request: headers, template functions, health check."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, cached
from flask import Response, current_app, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_babel import get_locale
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from app.kernel.errors import KepanError
from app.kernel.fields.uploads import init_uploads
from app.kernel.network import init_proxies
from app.kernel.pages import html as rows
from app.kernel.pages import live
from app.kernel.pages.assets import asset_url, vendor_url
from app.kernel.pages.compression import init_compression
from app.kernel.pages.elements import file_link_html
from app.kernel.pages.formatting import cell, coming_days, file_size, local_time, qs, tag, time_now
from app.kernel.pages.menu import active_url, nav, side_menu
from app.kernel.pages.moves import finish_move, layout
from app.kernel.pages.page_shell import frame_globals
from app.kernel.pages.refusals import explain, on_crash, on_http_error, on_old_form
from app.kernel.pages.requests import LANGUAGES, csp_nonce, is_drawer, is_move, name_next_page, request_id
from app.kernel.text import MAX_ID

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Map


RETRY_SECONDS = 5  # after which a request answered with 503 may be repeated


_NONCE = "nonce-of-the-response"


def cached_fragment(name: str) -> Markup:
    """Return a part of the page that is the same for all users: rendered once per language, with this
    response's nonce.
    """
    version = current_app.config["KEPAN_ASSET_VERSION"]
    made = _fragment(name, str(get_locale()), request.script_root, version)
    return Markup(made.replace(_NONCE, csp_nonce()))  # noqa: S704 - a template's output and our own word


@cached(LRUCache(100), lock=Lock())
def _fragment(name: str, _locale: str, _root: str, _version: str) -> str:
    return render_template(name, nonce=_NONCE)


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", request_id())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    )
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.status_code == 503:  # noqa: PLR2004 - as HTTP calls it
        response.headers.setdefault("Retry-After", str(RETRY_SECONDS))
    if request.is_secure:
        below = "; includeSubDomains" if current_app.config["KEPAN"].hsts_subdomains else ""
        response.headers.setdefault("Strict-Transport-Security", f"max-age=31536000{below}")
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _languages() -> list[dict[str, Any]]:
    names = current_app.config["LANGUAGES"]
    present = str(get_locale())
    return [
        {
            "code": code,
            "name": names[code]["name"],
            "url": url_for("LanguageView.choose", code=code),
            "active": present.startswith(code),
        }
        for code in LANGUAGES
    ]


def init_web(app: Flask) -> CSRFProtect:
    """Install everything above.  It must run before the framework registers its views."""
    init_compression(app)
    init_proxies(app)
    init_uploads(app)
    csrf = CSRFProtect(app)
    app.register_error_handler(KepanError, explain)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(CSRFError, on_old_form)
    app.register_error_handler(Exception, on_crash)
    app.after_request(_headers)
    app.after_request(name_next_page)
    app.after_request(finish_move)
    app.session_interface = _CookieSession()
    app.url_map.converters["int"] = _RecordId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce, request_id=request_id, is_drawer=is_drawer, languages=_languages,
        lang=lambda: LANGUAGES.get(str(get_locale()).split("_", maxsplit=1)[0], "zh-CN"),
        nav=nav, side_menu=side_menu, qs=qs, cell=cell, tag=tag,
        local_time=local_time, time_now=time_now, coming_days=coming_days,
        file_link_html=file_link_html, file_size=file_size, button_html=rows.button,
        asset_version=lambda: app.config["KEPAN_ASSET_VERSION"],
        table_rows=rows.table_rows, sum_row=rows.sum_row, filter_html=rows.filter_field,
        pager=rows.pager, asked_for=rows.asked_for, cached_fragment=cached_fragment, vendor_url=vendor_url,
        asset_url=asset_url, live_seconds=lambda: live.EVERY_SECONDS, layout=layout, is_move=is_move,
        active_url=active_url, **frame_globals(),
    )  # fmt: skip
    return csrf


class _RecordId(IntegerConverter):
    """Ids in addresses: a number that the database cannot store is no id (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_ID)


class _CookieSession(SecureCookieSessionInterface):
    """``Secure`` only behind HTTPS: on plain HTTP sign-in works with any client (PLAT-16).

    On HTTPS its name begins with ``__Host-``: browsers then accept it only from this host over HTTPS, so that
    neither a neighbouring host nor plain HTTP can replace it.
    """

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, _app: Flask) -> bool:
        return request.is_secure
