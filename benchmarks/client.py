"""Servers under gunicorn, and a client that takes hardly any time itself."""

from __future__ import annotations

import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
PROFILE_SECONDS = 8


class Server:
    """One application on two workers of two threads; connections stay open."""

    def __init__(self, module: str, port: int, env: Mapping[str, str]) -> None:
        self.port = port
        self.cookie = ""
        path = os.pathsep.join([str(HERE.parent), str(HERE)])
        command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "2", "-k", "gthread", "--threads", "2",
                   "--keep-alive", "75", "-b", f"127.0.0.1:{port}", "-t", "120", "--log-level", "error", f"{module}:app"]  # fmt: skip
        self.process = subprocess.Popen(command, env={**os.environ, **env, "PYTHONPATH": path}, cwd=HERE)
        for _attempt in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if self.process.poll() is not None:
                    message = f"{module} did not start"
                    raise RuntimeError(message) from None
                time.sleep(0.2)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def ask(
        self, path: str, form: Mapping[str, str] | None = None, heads: str = ""
    ) -> tuple[int, str, bytes]:
        """Return status, head and body of one request; ``heads``: further lines of the request's head."""
        head = f"Host: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n{heads}"
        body = urlencode(form).encode() if form is not None else b""
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        raw = exchange(
            self.port, f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
        )
        top, _, content = raw.partition(b"\r\n\r\n")
        return int(top[9:12]), top.decode("latin-1"), content

    def sign_in(self, username: str, password: str) -> None:
        self.cookie = ""
        _status, head, page = self.ask("/login/")
        self._keep(head)
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"username": username, "password": password}
        if token:
            form["csrf_token"] = token[1].decode()
        status, head, _page = self.ask("/login/", form)
        if status not in (302, 303):
            message = f"{username} could not sign in: {status}"
            raise RuntimeError(message)
        self._keep(head)

    def _keep(self, head: str) -> None:
        found = re.findall(r"(?im)^set-cookie: ([^;]+)", head)
        if found:
            self.cookie = "; ".join(found)


_open = threading.local()


def exchange(port: int, request: bytes) -> bytes:
    """Send a request on this thread's connection to the port, and read the response to its end."""
    kept: dict[int, socket.socket] = _open.__dict__.setdefault("connections", {})
    if port in kept:
        try:
            return _answer(kept[port], request)
        except ConnectionError:  # a server that was stopped, or closed the connection meanwhile
            kept.pop(port).close()
    kept[port] = socket.create_connection(("127.0.0.1", port), 120)
    kept[port].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _answer(kept[port], request)


def _answer(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    raw, end = b"", None
    while end is None or len(raw) < end:
        part = connection.recv(262_144)
        if not part:
            raise ConnectionError
        raw += part
        if end is None and (top := raw.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", raw[: top + 2])
            end = top + 4 + (int(length[1]) if length else 0)
    return raw


def one_time(server: Server, paths: list[str], heads: str = "") -> float:
    """Return the milliseconds of the requests together."""
    started = time.perf_counter()
    for path in paths:
        status, _head, _body = server.ask(path, heads=heads)
        if status != 200:
            message = f"{path} on port {server.port}: {status}"
            raise RuntimeError(message)
    return (time.perf_counter() - started) * 1000


def medians(
    jobs: Mapping[str, tuple[Server, list[str]]], rounds: int, budget: float, heads: str = ""
) -> dict[str, float]:
    """Return the median milliseconds of each job, measured in turns so that a noisy moment affects
    all alike.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    spent = dict.fromkeys(jobs, 0.0)
    for server, paths in jobs.values():
        for _warm in range(4):  # both workers, and caches that are filled by the second request
            one_time(server, paths, heads)
    for _round in range(rounds):
        for name, (server, paths) in jobs.items():
            if spent[name] < budget or len(times[name]) < 3:
                times[name].append(one_time(server, paths, heads))
                spent[name] += times[name][-1] / 1000
    return {name: statistics.median(found) for name, found in times.items()}


def crowd(
    server: Server, path: str, clients: int = 8, seconds: float = PROFILE_SECONDS, heads: str = ""
) -> tuple[float, float]:
    """Return the requests per second and the 95th percentile in milliseconds of so many
    simultaneous clients.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {server.cookie}\r\n{heads}\r\n".encode()
    times: list[float] = []
    end = time.perf_counter() + seconds

    def work() -> None:
        while (started := time.perf_counter()) < end:
            answer = exchange(server.port, request)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer[:80])
            times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return len(times) / seconds, times[int(len(times) * 0.95)] * 1000
