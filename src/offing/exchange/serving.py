"""The side that is asked: a small server over HTTPS that hands pinned partners what a source says they may have.

    GET  /v1/heads                  the streams for whoever asks, each with its last batch
    GET  /v1/streams/{o}/{r}/{seq}  one batch
    GET  /v1/papers                 signed statements for whoever asks
    POST /v1/papers                 signed statements from whoever asks

Who asks is proved by the certificate of the link, never by a header. There is no list of partners, and what a partner may not
have is answered exactly as what is not there.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from offing.errors import OffingError, SharingError
from offing.exchange.carriers import MAX_PAPERS_BYTES, Source, decode_papers, encode_heads, encode_papers
from offing.exchange.tls import peer_id, server_context, trust

if TYPE_CHECKING:
    from offing.exchange.node import Node

_LOG = logging.getLogger(__name__)
_PEER = web.RequestKey("peer", str)
_ID = r"[a-z0-9][a-z0-9._\-]{0,62}"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HEADERS = {"Server": "offing", "Cache-Control": "no-store"}


@dataclass(frozen=True)
class Limits:
    """What one partner may ask of this server; beyond it the answer is 429, and the partner comes back later."""

    requests_per_s: float = 100.0
    requests_burst: float = 500.0
    bytes_per_s: float = 32 << 20  # handed out and taken in
    bytes_burst: float = 512 << 20
    papers_bytes: int = MAX_PAPERS_BYTES  # in one request
    connections: int = 32  # of all partners together, each partner at most half of them
    handshake_s: float = 10.0
    idle_s: float = 60.0
    body_s: float = 30.0  # for the whole body of a request


@dataclass
class _Allowance:
    """Two token buckets of one partner."""

    requests: float
    bytes: float
    at_s: float
    refused: int = field(default=0)


class Server:
    """Serves in a thread of its own from `start` to `stop`; also a context manager."""

    def __init__(
        self,
        source: Source,
        chain: Path,
        pinned: Callable[[], Mapping[str, bytes]],
        limits: Limits = Limits(),
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`chain`: this node's `tls.pem`. `pinned`: authorities (DER) of all partners, by id, as they are at each call."""
        self.source = source
        self.limits = limits
        self.port = 0
        self._pinned = pinned
        self._chain = chain
        self._monotonic_s = monotonic_s
        self._one_at_a_time = threading.Lock()
        self._peers: dict[tuple[bytes, tuple[tuple[str, bytes], ...]], str | None] = {}
        self._allowances: dict[str, _Allowance] = {}
        self._trusted: set[bytes] = set()
        self._open: dict[asyncio.BaseTransport, str] = {}
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None

    def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes a free one, which is in `self.port` from then on.

        Raises:
            SharingError: nothing can listen there.
        """
        self._thread = threading.Thread(target=self._loop.run_forever, name="offing-serving", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(host, port), self._loop).result()
        except OSError as error:
            self.stop()
            raise SharingError(
                f"Nothing can listen at {host} port {port}: {error.strerror}.", "Choose another --listen HOST:PORT."
            ) from None

    def stop(self) -> None:
        """End all links and the thread."""
        if self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._thread = None

    def __enter__(self) -> Server:
        if self._thread is None:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _listen(self, host: str, port: int) -> None:
        app = web.Application(middlewares=[self._guard], client_max_size=self.limits.papers_bytes)
        app.router.add_get("/v1/heads", self._heads, allow_head=False)
        app.router.add_get(rf"/v1/streams/{{o:{_ID}}}/{{r:{_ID}}}/{{seq:[1-9][0-9]{{0,14}}}}", self._batch, allow_head=False)
        app.router.add_get("/v1/papers", self._papers, allow_head=False)
        app.router.add_post("/v1/papers", self._take_papers)
        self._runner = web.AppRunner(
            app, access_log=None, keepalive_timeout=self.limits.idle_s, handle_signals=False, shutdown_timeout=1.0
        )
        await self._runner.setup()
        assert self._runner.server is not None
        self._listener = await self._loop.create_server(
            self._runner.server,
            host,
            port,
            ssl=self._context(),
            ssl_handshake_timeout=self.limits.handshake_s,
            family=socket.AF_UNSPEC,
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._listener:
            self._listener.close()
        if self._runner:
            await self._runner.cleanup()
        await self._loop.shutdown_default_executor()

    def _context(self) -> ssl.SSLContext:
        authorities = set(self._pinned().values())
        context = server_context(self._chain, authorities)
        self._trusted |= authorities

        def greet(_: ssl.SSLObject, __: str | None, context: ssl.SSLContext) -> None:
            """A partner that was pinned since is known from its next knock on; who is no partner any more fails in `_peer`."""
            new = set(self._pinned().values()) - self._trusted
            trust(context, new)
            self._trusted |= new

        context.sni_callback = greet
        return context

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Who asks, within its limits; any failure is said by its number alone."""
        transport = request.transport
        tls = transport.get_extra_info("ssl_object") if transport else None
        der = tls.getpeercert(True) if tls else None
        try:
            peer = await asyncio.to_thread(self._peer, der)
            if peer is None or transport is None:
                return _answer(404)
            if not self._admit(peer, transport):
                return _answer(429, {"Retry-After": "1"})
            request[_PEER] = peer
            answer = await handler(request)
            if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
                self._allowances[peer].bytes -= len(answer.body)
            return answer
        except web.HTTPException as error:
            return _answer(413 if error.status == 413 else 404)
        except TimeoutError:
            return _answer(408)
        except ConnectionError:  # whoever asked has gone
            return _answer(400)
        except OffingError as error:
            _LOG.warning("a request was refused: %s", error)
            return _answer(400)
        except Exception:
            _LOG.exception("a request failed")
            return _answer(500)

    def _peer(self, der: bytes | None) -> str | None:
        with self._one_at_a_time:
            pinned = self._pinned()
        key = (der or b"", tuple(sorted(pinned.items())))
        if key not in self._peers:
            if len(self._peers) > 1000:
                self._peers.clear()
            self._peers[key] = peer_id(der, pinned)
        return self._peers[key]

    def _admit(self, peer: str, transport: asyncio.BaseTransport) -> bool:
        limits, now = self.limits, self._monotonic_s()
        self._open = {t: p for t, p in self._open.items() if not t.is_closing()} | {transport: peer}
        mine = sum(p == peer for p in self._open.values())
        a = self._allowances.setdefault(peer, _Allowance(limits.requests_burst, limits.bytes_burst, now))
        passed, a.at_s = now - a.at_s, now
        a.requests = min(limits.requests_burst, a.requests + passed * limits.requests_per_s)
        a.bytes = min(limits.bytes_burst, a.bytes + passed * limits.bytes_per_s)
        if a.requests < 1 or a.bytes <= 0 or mine > max(1, limits.connections // 2) or len(self._open) > limits.connections:
            a.refused += 1
            if mine > 1:
                self._open.pop(transport)
            return False
        a.requests -= 1
        return True

    async def _ask(self, act: Callable[..., Any], *args: object) -> Any:
        def locked() -> Any:
            with self._one_at_a_time:
                return act(*args)

        return await asyncio.to_thread(locked)

    async def _heads(self, request: web.Request) -> web.Response:
        return _answer(200, body=encode_heads(await self._ask(self.source.heads_for, request[_PEER])))

    async def _batch(self, request: web.Request) -> web.Response:
        at = request.match_info
        raw = await self._ask(self.source.batch_for, request[_PEER], at["o"], at["r"], int(at["seq"]))
        return _answer(404) if raw is None else _answer(200, body=raw)

    async def _papers(self, request: web.Request) -> web.Response:
        return _answer(200, body=encode_papers(await self._ask(self.source.papers_for, request[_PEER])))

    async def _take_papers(self, request: web.Request) -> web.Response:
        async with asyncio.timeout(self.limits.body_s):
            raw = await request.read()
        self._allowances[request[_PEER]].bytes -= len(raw)
        await self._ask(self.source.take_papers, request[_PEER], decode_papers(raw))
        return _answer(204)


def _answer(status: int, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> web.Response:
    return web.Response(status=status, headers={**_HEADERS, **(headers or {})}, body=body)


def authorities(node: Node) -> dict[str, bytes]:
    """The pinned authorities (DER), by id, of the partners whose cards were added by hand.

    Who was only introduced is a partner's partner: there is no link to it.
    """
    cards = [node.card_of(p.id) for p in node.partners() if p.vouched_by is None]
    return {c.id: bytes.fromhex(c.tls_ca) for c in cards if c is not None}
