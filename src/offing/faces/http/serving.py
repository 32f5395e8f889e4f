"""Serving over a socket: uvicorn, until it is told to stop."""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from offing.errors import UsageError
from offing.faces.http.app import Server
from offing.faces.http.page import BUILD, STATIC
from offing.faces.http.readers import ANYBODY, read_tokens

SWITCH_S = 0.0005
"""How long a thread that works an answer out may keep the interpreter while an answer that is at hand waits."""


def parse_address(text: str) -> tuple[str, int]:
    """`127.0.0.1:8460` or `[::1]:8460`; port 0: any that is free. Raises `UsageError`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise UsageError(f"{text!r} is not HOST:PORT.", "Write it like 127.0.0.1:8460.")
    return host.strip("[]"), int(port)


def serve(
    folder: Path,
    listen: str,
    say: Callable[[str], None],
    token_file: Path | None = None,
    names: Sequence[str] = (),
    static: Path = STATIC,
) -> None:
    """Serve a logbook until stopped; `say` is told where, first. Raises `UsageError` where the address cannot be taken."""
    host, port = parse_address(listen)
    readers = read_tokens(token_file) if token_file else ANYBODY
    server = Server(folder, readers, static, say)
    try:
        bound = _socket(host, port)
        with bound:
            shown = f"[{host}]" if ":" in host else host
            say(f"Serving {folder} at http://{shown}:{bound.getsockname()[1]}/")
            if not is_loopback(host) and token_file is None:
                say("note: whoever reaches this address may read everything: --token-file says who may read what")
            if not (static / "index.html").is_file():
                say(f"note: the page itself was not built; with Node 20 or later: {BUILD}")
            app = server.guarded((host, *names), addresses=host in ("0.0.0.0", "::"))
            config = uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=True,
                lifespan="off",
                timeout_keep_alive=75,
            )
            sys.setswitchinterval(SWITCH_S)
            threading.Thread(target=server.warm, name="offing-warm", daemon=True).start()
            uvicorn.Server(config).run(sockets=[bound])
    finally:
        server.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _socket(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)  # asyncio sends small packets at once only where TCP is named
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1024)  # from now on whoever asks is queued
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}.", "Name another with --listen."
        ) from None
    return bound
