"""A signed-in browser without a screen, over real HTTP: cookies, form tokens, a walk along all links."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urldefrag, urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.support.processes.server import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.processes.server import Server

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_QUERIES = 3
_LINK = re.compile(r'(?:href|data-url|data-src|data-load)="([^"]+)"')


class Browser:
    """One person's session."""

    def __init__(self, server: Server, username: str, password: str) -> None:
        self.base = f"http://127.0.0.1:{server.port}"
        self.jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar))
        answer = self.post("/login/", {"username": username, "password": password})
        assert answer.status == 200, answer.text
        assert 'name="password"' not in answer.text, "not signed in"

    def get(self, path: str) -> Answer:
        """Return a page, after redirects."""
        return self._ask(Request(self.base + path))  # noqa: S310 - always http

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Fill in and send the form at the path."""
        found = _TOKEN.search(self.get(path).text)
        assert found, f"no form at {path}"
        data = urlencode({**fields, "csrf_token": found[1]}).encode()
        url = self.base + path
        return self._ask(Request(url, data=data, headers={"Referer": url}))  # noqa: S310 - always http

    def walk(self, *starts: str, limit: int) -> Iterator[tuple[str, Answer]]:
        """Yield every page that links lead to from the starts: at most ``limit``, and of each address at most
        three queries.
        """
        waiting, seen = deque(starts), set(starts)
        queries: Counter[str] = Counter()
        while waiting and limit:
            path, limit = waiting.popleft(), limit - 1
            answer = self.get(path)
            yield path, answer
            for link in _LINK.findall(answer.text):
                absolute = urldefrag(urljoin(self.base + path, html.unescape(link))).url
                target = absolute.removeprefix(self.base)
                if not absolute.startswith(self.base + "/") or target in seen or "/static/" in target:
                    continue
                seen.add(target)
                queries[target.split("?")[0]] += 1
                if queries[target.split("?")[0]] <= _QUERIES:
                    waiting.append(target)

    def _ask(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=30) as response:
                return Answer(response.status, response.read().decode(errors="replace"))
        except HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode())
