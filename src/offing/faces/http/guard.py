"""What stands before every answer: only reading, only under this server's own names, with the headers that bind a browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from offing.faces.http.problems import MEDIA_TYPE, Refused, problem_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Guard:
    """Wraps an ASGI application. `names`: hosts under which it may be asked; `addresses`: whether any numeric address is one.

    A page of another origin that has its own name resolve to this machine is refused by its `Host`.
    """

    def __init__(self, app: App, names: Iterable[str] = (), *, addresses: bool = False) -> None:
        self.app = app
        self.names = {*LOOPBACK, *(n.lower().rstrip(".") for n in names)}
        self.addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; add the headers to whatever comes back."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return

        async def bound(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in HEADERS}
                message["headers"] = [*(h for h in message.get("headers", []) if h[0].lower() not in own), *HEADERS]
            await send(message)

        refused = self._refused(scope)
        if refused is None:
            await self.app(scope, receive, bound)
        else:
            await _say(refused, scope, bound)

    def _refused(self, scope: Scope) -> Refused | None:
        if scope["method"] not in ("GET", "HEAD"):
            said = f"{scope['method'][:20]} is not answered: this server only reads."
            return Refused(405, "read-only", said, "Ask with GET or HEAD.", Allow="GET, HEAD")
        hosts = [v for k, v in scope["headers"] if k == b"host"]
        if len(hosts) != 1 or not self._is_own(hosts[0].decode("latin-1")):
            said = "The name in `Host` is not one of this server."
            return Refused(421, "other-host", said, "Ask under its own address, or start it with --name NAME.")
        return None

    def _is_own(self, host: str) -> bool:
        name = host_name(host)
        if name in self.names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.addresses


def host_name(host: str) -> str:
    """The name of a `Host` header without its port: `[::1]:8080` is `::1`."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


async def _say(refused: Refused, scope: Scope, send: Send) -> None:
    problem = problem_of(refused)
    body = problem.body(scope["path"])
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(k.lower().encode(), v.encode()) for k, v in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
