"""Visits in a real browser: signing in, screen sizes, pressing buttons; pictures in ``build/screenshots``."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.kernel.database.session import db
from tests.support.people.world import PASSWORD
from tests.support.sources import ROOT
from tests.support.web import clients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
# A journey of the office on the phone's screen as well.
BOTH_SIZES = ("desktop", pytest.param("phone", marks=pytest.mark.long))
PICTURES = ROOT / "build" / "screenshots"
# A page that has fetched something and then opens a frame is never told to be idle by the browser ("networkidle").
_SETTLED = """() => document.readyState === 'complete'
  && Array.from(document.images).every((image) => image.complete || image.loading === 'lazy'
    && (!image.checkVisibility() || image.getBoundingClientRect().top > window.innerHeight))
  && !document.querySelector('.progress-line, [data-state=loading], .drawer.is-loading')"""
_MEASURES = Path(__file__).with_name("seeing.js")


# Scripts take a form over before its page is loaded: what is sent earlier goes past them.
_LOADED = """() => new Promise(done => {
    const look = () => document.readyState === 'complete' ? done() : setTimeout(look, 20);
    look();
})"""


class Address(str):
    """The address of a running server, with the application that it serves."""

    __slots__ = ("app",)
    app: Flask

    @classmethod
    def of(cls, address: str, app: Flask) -> Address:
        """Return the address of the application's server."""
        made = cls(address)
        made.app = app
        return made


@contextmanager
def visiting(chromium, live: Address, size: str, username: str = "") -> Iterator[Any]:
    """Yield a page of a new visitor, signed in if a user name is given; complaints of the browser meanwhile
    are errors.
    """
    db.session.rollback()  # SQLite has one writer: a transaction of the test's own would keep the server out
    width, height = SIZES[size]
    complaints: list[str] = []
    context = chromium.new_context(
        base_url=live, viewport={"width": width, "height": height}, locale="zh-CN", has_touch=size == "phone"
    )
    context.on("console", lambda m: complaints.append(m.text) if _is_bad(m) else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        page = context.new_page()
        page.set_default_timeout(15_000)
        if username:
            enter(context, live, username)
            page.goto("/")
        yield page
    finally:
        context.close()
    assert not complaints


class Visitors:
    """Browsers that stay signed in for a test, by person, screen and language."""

    def __init__(self, chromium) -> None:
        self._chromium = chromium
        self._contexts: dict[tuple[str, ...], Any] = {}
        self._fresh: list[Any] = []
        self._complaints: list[str] = []

    def page(
        self,
        live: Address,
        username: str = "",
        size: str = "desktop",
        language: str = "zh",
        *,
        fresh: bool = False,
    ) -> Any:
        """Return a new page of the person; ``fresh`` shares nothing with other tests. ``seeing`` (seeing.js)
        is loaded to measure it.
        """
        key = live, username, size, language
        if fresh or not username:
            context = self._enter(*key)
            self._fresh.append(context)
        else:
            if key not in self._contexts:
                self._contexts[key] = self._enter(*key)
            context = self._contexts[key]
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def _enter(self, live: Address, username: str, size: str, language: str) -> Any:
        width, height = SIZES[size]
        context = self._chromium.new_context(
            base_url=live,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            has_touch=size == "phone",
            reduced_motion="reduce",
        )
        context.add_init_script(path=_MEASURES)
        context.on("console", lambda m: self._complaints.append(m.text) if _is_bad(m) else None)
        context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        if username:
            enter(context, live, username, language)
        elif language != "zh":
            page = context.new_page()
            page.goto("/")
            speak(page, language)
            page.close()
        return context

    def rest(self) -> list[str]:
        """Close what the test opened; return the complaints of the browsers."""
        self.leave()
        complaints, self._complaints[:] = [*self._complaints], []
        return complaints

    def leave(self) -> None:
        """Close all browsers; a session's row is deleted with the test's data."""
        for context in [*self._fresh, *self._contexts.values()]:
            context.close()
        self._fresh.clear()
        self._contexts.clear()


def speak(page, language: str) -> None:
    """Choose the language in the menu of the page's head."""
    page.click(".lang > button")
    page.click(f".lang [lang={language}]")
    page.wait_for_selector(f"html[lang|={language}]", state="attached")


def _is_bad(message) -> bool:
    """Return True for errors and violations, but not for the browser's own note that a form was refused or
    that the page is an error page.
    """
    noted = "Failed to load resource" in message.text
    itself = message.page is not None and message.location.get("url") == message.page.url
    refused = noted and (itself or any(f"status of {n}" in message.text for n in (409, 422)))
    return message.type in {"error", "warning"} and not refused


def enter(context, live: Address, username: str, language: str = "zh") -> None:
    """Give the browser a signed-in session of the account, without the form."""
    client = live.app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = _agent_of(context.browser)
    clients.sign_in(client, username)
    if language != "zh":
        with client.session_transaction() as session:
            session["locale"] = language
    name = live.app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live, "httpOnly": True, "sameSite": "Lax"}]
    )
    db.session.rollback()  # SQLite has one writer: a transaction of the test's own would keep the server out


@cache
def _agent_of(browser) -> str:
    """Return how the browser names itself to servers: a session is bound to it."""
    page = browser.new_page()
    try:
        return str(page.evaluate("navigator.userAgent"))
    finally:
        page.close()


def sign_in(page, username: str) -> None:
    """Sign in by the form."""
    page.goto("/")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector(".side-nav", state="attached")


def picture(page, name: str, size: str) -> None:
    """Save a picture of the screen."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_function(_SETTLED)
    page.screenshot(path=PICTURES / f"{name}-{size}.png")


def is_phone(page) -> bool:
    """Return True on a phone, where forms are pages instead of drawers."""
    return page.viewport_size["width"] < 768


def form_of(page) -> Any:
    """Return the open form: in the drawer, or the page itself on a phone."""
    form = page if is_phone(page) else page.frame_locator("dialog.drawer iframe")
    form.locator("form[data-form]").evaluate(_LOADED)
    return form


def operate(page, label: str) -> Any:
    """Press an operation in the detail's head, or in its menu; return its form."""
    button = page.locator(".page-ops").locator(f"a[data-drawer='{label}']")
    button.wait_for(state="attached")
    if not button.is_visible():
        page.click(".page-ops .dropdown > button")
    button.click()
    return form_of(page)


def choose(form, field: str, text: str) -> None:
    """Choose a record by remote search."""
    form.locator(f"#{field} + .select2 .select2-selection").click()
    form.locator(".select2-container--open .select2-search__field").fill(text)
    form.locator(".select2-results__option", has_text=text).first.click()


def pick(form, field: str, value: str) -> None:
    """Choose a code of a dictionary."""
    form.locator(f"#{field}").select_option(value, force=True)


def submit(form) -> None:
    """Send the form."""
    form.locator(".form-bar .btn-primary").click()
