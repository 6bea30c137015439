"""Real servers on this machine in place of the providers of messages: HTTP for SMS and robots, SMTP for
e-mail.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gateway(ThreadingHTTPServer):
    """An HTTP provider: remembers the requests, and answers as the test sets it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Gate)
        self.received: list[dict[str, Any]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.lock = threading.Lock()
        self.location = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send"


class _Gate(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        keys = {"key": self.headers["Idempotency-Key"], "authorization": self.headers["Authorization"]}
        self._answer({"body": body, **keys})

    def _answer(self, received: dict[str, Any]) -> None:
        with self.server.lock:
            status, said = self.server.answers.pop(0) if self.server.answers else (200, b"{}")
            self.server.received.append({**received, "status": status})
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        self.wfile.write(said)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self._answer({"path": address.path, "query": dict(parse_qsl(address.query))})

    def log_message(self, *_args: Any) -> None:
        """Write nothing to the terminal."""


class MailServer(socketserver.ThreadingTCPServer):
    """Enough of SMTP to accept a mail or refuse its recipient; offers TLS if given a certificate."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.mails: list[str] = []
        self.recipients: list[str] = []
        self.refusal = ""
        self.tls: ssl.SSLContext | None = None
        self.encrypted: list[bool] = []
        self.logins: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(":")[0].split(" ")[0]
            if word == "EHLO":
                self._say(
                    "250-here\r\n250-AUTH PLAIN"
                    + ("\r\n250 STARTTLS" if self._may_secure() else "\r\n250 HELP")
                )
                continue
            if word == "STARTTLS":
                self._say("220 go on")
                try:
                    self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                except OSError:
                    return
                self.setup()
                continue
            if word == "AUTH":
                self.server.logins.append(line)
                self._say("235 welcome")
                continue
            if word == "DATA":
                self.server.encrypted.append(isinstance(self.request, ssl.SSLSocket))
                self._say("354 go on")
                self.server.mails.append("".join(iter(lambda: self.rfile.readline().decode(), ".\r\n")))
            elif word == "RCPT":
                self.server.recipients.append(line)
                if self.server.refusal:
                    self._say(self.server.refusal)
                    continue
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def finish(self) -> None:
        super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()  # the server knows only the socket that it accepted

    def _may_secure(self) -> bool:
        return self.server.tls is not None and not isinstance(self.request, ssl.SSLSocket)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """Run the server in a thread until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
