"""Asking a server in this process: the very application that a socket would reach."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from in_process import offing

from offing.faces.http.app import Server

HERE = "http://127.0.0.1:8460"
HOSTILE = (
    "<SCRIPT>ALERT(1)</SCRIPT>",
    "=CMD|' /C CALC'!A0",
    "+1+1",
    "-2+3",
    "\u202eKCAB",
    "'; DROP TABLE X; --",
)
"""Names that a ship may send and that nothing may take for more than a name."""

AGREED = """id = "here-press"
parties = ["here", "press"]
kinds = ["visit", "watch_day", "streak"]
purposes = ["maritime_safety"]
from = "2020-01-01"
to = "2030-01-01"
"""
"""An agreement of a role."""


def command(book: Path, *words: object) -> None:
    said = offing("--logbook", book, *words)
    assert said.status == 0, said


class Web:
    """Short ways to ask."""

    def __init__(self, server: Server, names: tuple[str, ...] = ()) -> None:
        self.server = server
        self.app = server.guarded(names)

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """One answer. Headers are written `if_none_match=...`; without `host` it is asked under its own."""
        return self.ask_all([path], method, **headers)[0]

    def ask_all(self, paths: Sequence[str], method: str = "GET", **headers: str) -> list[httpx.Response]:
        """Several answers that are asked for at once."""
        sent = {k.replace("_", "-"): v for k, v in headers.items()}

        async def all_of() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await asyncio.gather(*(client.request(method, p, headers=sent) for p in paths))

        return asyncio.run(all_of())

    def table(self, path: str, **headers: str) -> dict[str, Any]:
        """A JSON answer that must be there."""
        got = self.ask(f"/api/v1/{path}", **headers)
        assert got.status_code == 200, (path, got.status_code, got.text[:500])
        found = got.json()
        assert isinstance(found, dict)
        return found

    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        """The rows of all pages of a table."""
        out: list[dict[str, Any]] = []
        after = ""
        while True:
            mark = "&" if "?" in path else "?"
            page = self.table(f"{path}{mark}after={after}" if after else path, **headers)
            out += page["rows"]
            if page["next"] is None:
                return out
            after = page["next"]

    def problem(self, path: str, status: int, **headers: str) -> dict[str, Any]:
        """The problem that must come back instead of an answer."""
        got = self.ask(path, **headers)
        assert got.status_code == status, (path, got.status_code, got.text[:500])
        assert got.headers["content-type"] == "application/problem+json"
        found = got.json()
        assert found["status"] == status and found["title"] and found["detail"].endswith((".", "?"))
        assert set(found) == {"type", "title", "status", "detail", "hint", "instance"}
        return found

    def ask_with(self, url: str, query: dict[str, Any]) -> httpx.Response:
        """One answer to an address and parameters as a generator of questions has them."""

        async def one() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.get(url, params=query)

        return asyncio.run(one())
