"""The server of ``run.py`` (PLAT-16): waitress, prepared for many connections and for slow or silent clients.

Browsers keep several connections open and use them rarely.  Those that wait for a next request are *parked*:
the kernel watches them (epoll) and the server looks at one only when data arrive, so that thousands of them
cost nothing.  A request that arrives too slowly, or a response that the client does not read, ends its
connection.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

if TYPE_CHECKING:
    from flask import Flask


THREADS = 8
MOST_CONNECTIONS = 20_000
_KEPT_FILES = 512  # descriptors for databases, uploads and the rest
HEAD_SECONDS = 15  # the time in which a request's head must be complete
BODY_GRACE_SECONDS = 30  # the time after which a body must have arrived at this average rate:
BODY_BYTES_A_SECOND = 2048
IDLE_SECONDS = 60  # between two requests, and for a response that the client does not read
_PARK_SECONDS = 1.0
_EVICTED = 0.1  # share of the connections that ends when there are too many


class Channel(HTTPChannel):
    """One connection; records when its current request began to arrive."""

    began: float = 0.0
    taken: int = 0

    def received(self, data: bytes) -> bool:
        """Accept the data that arrived; a connection may carry one request after the other."""
        before = self.request
        done = bool(super().received(data))
        if self.request is None:
            self.began, self.taken = 0.0, 0
        elif self.request is before:
            self.taken += len(data)
        else:
            self.began, self.taken = time.monotonic(), len(data)
        return done

    def is_too_slow(self, now: float) -> bool:
        """Return True if the current request takes longer to arrive than it may."""
        request = self.request
        if request is None or not self.began:
            return False
        spent = now - self.began
        if not request.headers_finished:
            return spent > HEAD_SECONDS
        return spent > BODY_GRACE_SECONDS and self.taken < BODY_BYTES_A_SECOND * (spent - BODY_GRACE_SECONDS)

    def is_silent(self, wall: float) -> bool:
        """Return True if nothing was received or read for long; a request in progress does not count, unless
        its response waits.
        """
        waits = not self.requests or self.total_outbufs_len
        return bool(waits) and self.last_activity < wall - IDLE_SECONDS

    @property
    def is_at_rest(self) -> bool:
        """True between two requests, with nothing to send."""
        return not (
            self.requests
            or self.request is not None
            or self.total_outbufs_len
            or self.will_close
            or self.close_when_flushed
            or not self.connected
        )


class Parking(wasyncore.dispatcher):
    """Idle connections, watched by the kernel; the server's loop sees them as a single one."""

    def __init__(self, map_: dict[int, Any]) -> None:
        self._epoll = select.epoll()
        self._parked: dict[int, Channel] = {}
        wasyncore.dispatcher.__init__(self, map=map_)
        self._fileno = self._epoll.fileno()
        self.add_channel(map_)

    def park(self, channel: Channel) -> None:
        """Stop watching this connection in the loop until data arrive."""
        number = channel.socket.fileno()
        del self._map[number]
        self._parked[number] = channel
        self._epoll.register(number, select.EPOLLIN | select.EPOLLRDHUP)

    def fetch(self, channel: Channel) -> None:
        """Return a parked connection to the loop."""
        number = channel.socket.fileno()
        if self._parked.pop(number, None) is not None:
            self._epoll.unregister(number)
            self._map[number] = channel

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def handle_read_event(self) -> None:
        """Return the connections with new data to the loop, which reads them in its next round."""
        for number, _event in self._epoll.poll(0, 256):
            self.fetch(self._parked[number])

    def close(self) -> None:
        self.del_channel()
        for channel in list(self._parked.values()):
            self.fetch(channel)
        self._epoll.close()


class Server(TcpWSGIServer):
    """waitress with parked connections and limits for slow clients."""

    channel_class = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.parking: Parking | None = None
        self._parked_at = self._looked_at = 0.0
        super().__init__(*args, **kwargs)
        if hasattr(select, "epoll"):
            self.parking = Parking(self._map)

    def readable(self) -> bool:
        """Always accept new connections: when there are too many, the longest unused ones are closed."""
        now = time.time()
        if now - self._looked_at >= self.adj.cleanup_interval:
            self._looked_at = now
            self.maintenance(now)
        if self.parking is not None and now - self._parked_at >= _PARK_SECONDS:
            self._parked_at = now
            self._park(self.parking, now)
        full = len(self.active_channels) >= self.adj.connection_limit
        if full and not any(channel.will_close for channel in self.active_channels.values()):
            self._make_room()
        return bool(self.accepting) and len(self.active_channels) < self.adj.connection_limit

    def maintenance(self, now: float) -> None:
        """Close the connections that are too slow or silent."""
        steady = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_too_slow(steady) or channel.is_silent(now):
                self._end(channel)

    def _park(self, parking: Parking, now: float) -> None:
        resting = [
            channel
            for number, channel in self.active_channels.items()
            if number in self._map and channel.is_at_rest and channel.last_activity < now - _PARK_SECONDS
        ]
        for channel in resting:
            parking.park(channel)

    def _make_room(self) -> None:
        unused = [channel for channel in self.active_channels.values() if not channel.requests]
        unused.sort(key=lambda channel: channel.last_activity)
        number = max(1, round(self.adj.connection_limit * _EVICTED))
        self.logger.warning("%d connections are open, the longest unused end", len(self.active_channels))
        for channel in unused[:number]:
            self._end(channel)

    def _end(self, channel: Channel) -> None:
        """Let the loop close it in its next round, even when the client accepts no more data.  Closing it
        here would let a new connection get its number while the loop still has an event of the old one.
        """
        if self.parking is not None:
            self.parking.fetch(channel)
        channel.will_close = True
        with suppress(OSError):
            channel.socket.shutdown(socket.SHUT_RDWR)


def open_files() -> int:
    """Return how many connections this process may hold, after requesting the system's maximum."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return 480
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _KEPT_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    given = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    return max(64, given - min(_KEPT_FILES, given // 2))


def make_server(app: Flask) -> Any:
    """Return the server of one process for the settings' address; ``run()`` serves until it is closed.

    :raises OSError: when the address is not available.
    """
    settings = app.config["KEPAN"]
    adjustments = Adjustments(
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        connection_limit=open_files(),
        asyncore_use_poll=True,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=2,
        backlog=2048,
        log_socket_errors=False,
        max_request_body_size=app.config["MAX_UPLOAD_BYTES"] + 1024 * 1024,
        # The application decides which proxies it trusts (app.kernel.network), under every server.
        clear_untrusted_proxy_headers=False,
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adjustments.threads)
    sockets: dict[int, Any] = {}
    servers = [
        Server(app, sockets, dispatcher=dispatcher, adj=adjustments, sockinfo=address)
        for address in adjustments.listen
    ]
    if len(servers) == 1:
        return servers[0]
    bound = [(server.effective_host, server.effective_port) for server in servers]
    return MultiSocketServer(sockets, adjustments, bound, dispatcher, servers[0].log_info)
