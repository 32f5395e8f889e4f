"""The application: reads requests, hands them to `Service`, gives the answers their headers."""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import numpy as np
from litestar import Litestar, Request, Response
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from offing import __version__
from offing.errors import OffingError
from offing.faces.http import forms
from offing.faces.http.asking import BadQuery
from offing.faces.http.cache import Kept, SingleFlight
from offing.faces.http.desk import Desk
from offing.faces.http.guard import Guard
from offing.faces.http.page import STATIC, file_of, is_page
from offing.faces.http.problems import MEDIA_TYPE, Refused, problem_of
from offing.faces.http.readers import ANYBODY, COOKIE, Readers
from offing.faces.http.service import Body, Endpoint, Service, described, find
from offing.pipeline.waters import inside_of

THREADS = 3
LEAST_PACKED = 1_000  # bytes from which an answer is compressed
FIRST_ASKED = (
    "meta.json",
    "zones.geojson",
    "zones.geojson?simplify_m=120",
    "gates.geojson",
    "features.geojson",
    "coast.geojson",
    "series.json",
    "vessels.json",
    "activity.json",
)
"""Answers that a page asks for at its start."""

_TAG = re.compile(r'(?:W/)?"([^"]*)"')

Ask = Request[Any, Any, Any]


class Server:
    """One logbook, one application. `close` ends its threads."""

    def __init__(
        self, folder: Path, readers: Readers = ANYBODY, static: Path = STATIC, say: Callable[[str], None] | None = None
    ) -> None:
        """Raises `LogbookError` where there is no logbook. `say` is told of errors that should not be."""
        self.readers, self.static = readers, static
        self._say = say or (lambda text: print(text, file=sys.stderr))  # noqa: T201
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="offing-http")
        self.service = Service()
        self._bodies: Kept[Body] = Kept(256 << 20, lambda body: len(body.content))
        self._flight = SingleFlight(self._bodies, self._threads)
        self.desk = Desk(folder, self._forget)
        self._description = forms.to_json(described(__version__))
        both = [HttpMethod.GET, HttpMethod.HEAD]
        api = HTTPRouteHandler(["/api/v1/{rest:path}", "/api/v1"], http_method=both)(self._api())
        page = HTTPRouteHandler(["/", "/{rest:path}"], http_method=both)(self._page())
        self.litestar = Litestar(
            [api, page], openapi_config=None, exception_handlers={Exception: self._fault}, logging_config=None, debug=False
        )

    def guarded(self, names: tuple[str, ...] = (), *, addresses: bool = False) -> Guard:
        """The application behind its guard: what uvicorn runs."""
        return Guard(self.litestar, names, addresses=addresses)  # type: ignore[arg-type]

    def close(self) -> None:
        """End its threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _forget(self) -> None:
        self.service.answers.clear()
        self._bodies.clear()

    # -- data

    def _api(self) -> Any:
        async def api(request: Ask) -> Response[bytes]:
            return await self._answer(request)

        return api

    async def _answer(self, request: Ask) -> Response[bytes]:
        role = self.readers.role_of(_token(request))
        path = request.scope["path"].removeprefix("/api/v1").strip("/")
        if path == "openapi.json":
            return self._fixed(request, self._description)
        endpoint = find(path)
        require_accepted(request.headers.get("accept"), endpoint.media_type)
        pairs = sorted(_pairs(request))
        loop_state = self.desk.fresh()
        state = loop_state or await self._in_thread(self.desk.state)
        span = (state.version, role, self.desk.tick(state, role, endpoint.lives_s))
        tag = _tag_of(span, path, pairs)
        packed = _takes_gzip(request)
        headers = {"cache-control": "no-cache", "vary": "accept-encoding, authorization, cookie"}
        if known := _matching(request, tag):
            return Response(b"", status_code=304, headers={**headers, "etag": f'"{known}"'}, media_type=endpoint.media_type)
        body = await self._flight.get((tag, ""), lambda: self._made(endpoint, state, role, pairs, span))
        if packed and len(body.content) >= LEAST_PACKED and endpoint.form != "parquet":
            content = body.content
            body = await self._flight.get((tag, "gz"), lambda: Body(gzip.compress(content, 5, mtime=0), endpoint.media_type))
            headers["content-encoding"] = "gzip"
            tag = f"{tag}-gz"
        if endpoint.form in ("csv", "parquet"):
            name = f"{endpoint.what.name}.{endpoint.form}"
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return _response(request, body.content, body.media_type, {**headers, "etag": f'"{tag}"'})

    def _made(self, endpoint: Endpoint, state: Any, role: str | None, pairs: list[tuple[str, str]], span: Any) -> Body:
        return self.service.body(endpoint, self.desk.source(state, role), pairs, span)

    def warm(self, paths: Sequence[str] = FIRST_ASKED) -> None:
        """Work out what a page asks first, for the owner, and load what the first figure needs. For a thread of its own."""
        for path in paths:
            name, _, query = path.partition("?")
            endpoint, pairs = find(name), sorted(parse_qsl(query))
            state = self.desk.state()
            span = (state.version, None, self.desk.tick(state, None, endpoint.lives_s))
            with suppress(OffingError):
                self._bodies.put((_tag_of(span, name, pairs), ""), self._made(endpoint, state, None, pairs, span))
        nowhere = np.zeros(1, np.int32)
        inside_of(self.desk.state().book.waters.zone_list[:1], nowhere, nowhere)  # loads the kernels of watch days

    async def _in_thread(self, act: Callable[[], Any]) -> Any:
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(self._threads, act)

    def _fixed(self, request: Ask, content: bytes) -> Response[bytes]:
        tag = hashlib.sha256(content).hexdigest()[:16]
        headers = {"cache-control": "no-cache", "etag": f'"{tag}"'}
        if _matching(request, tag):
            return Response(b"", status_code=304, headers=headers, media_type="application/json")
        return _response(request, content, "application/json", headers)

    # -- the page

    def _page(self) -> Any:
        async def page(request: Ask) -> Response[bytes]:
            path = request.scope["path"]
            if is_page(path) and "token" in request.query_params:
                return self._signed_in(request)
            act = partial(file_of, path, request.headers.get("range"), _takes_gzip(request), self.static)
            file = await self._in_thread(act)
            headers = dict(file.headers)
            media_type = headers.pop("content-type")
            etag = headers.get("etag", "").strip('"')
            if file.status == 200 and etag and _matching(request, etag):
                return Response(b"", status_code=304, headers=headers, media_type=media_type)
            return _response(request, file.content, media_type, headers, file.status)

        return page

    def _signed_in(self, request: Ask) -> Response[bytes]:
        """Keep the token in a cookie that scripts cannot read, and show the page under an address without it."""
        token = request.query_params["token"]
        self.readers.role_of(token)
        rest = [(k, v) for k, v in _pairs(request) if k != "token"]
        where = request.scope["path"] + (f"?{urlencode(rest)}" if rest else "")
        kept = f"{COOKIE}={quote(token)}; Path=/; HttpOnly; SameSite=Strict"
        headers = {"location": "/" + where.lstrip("/"), "set-cookie": kept, "cache-control": "no-store"}
        return Response(b"", status_code=303, headers=headers, media_type="text/plain")

    # -- errors

    def _fault(self, request: Ask, error: Exception) -> Response[bytes]:
        path = request.scope["path"]
        if isinstance(error, HTTPException):
            error = Refused(error.status_code, "http", str(error.detail))
        named = path.removeprefix("/api/v1/").partition("/")[2].rpartition(".")[0]
        problem = problem_of(error, named)
        if problem.status == 500 or (problem.status == 503 and not isinstance(error, OffingError)):
            self._say(f"offing: {path}: " + "".join(traceback.format_exception(error)))
        return _response(
            request, problem.body(path), MEDIA_TYPE, {"cache-control": "no-store", **problem.headers}, problem.status
        )


def _tag_of(span: object, path: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Names the bytes of an answer: the data version, and a hash of everything that it hangs on."""
    digest = hashlib.sha256(repr((span, path, list(pairs), __version__)).encode()).hexdigest()[:16]
    version, *_ = span if isinstance(span, tuple) else ("",)
    return f"{version}-{digest}"


def _response(request: Ask, content: bytes, media_type: str, headers: dict[str, str], status: int = 200) -> Response[bytes]:
    """An answer; of HEAD its headers alone."""
    if request.method == "HEAD":
        return Response(
            b"", status_code=status, headers={**headers, "content-length": str(len(content))}, media_type=media_type
        )
    return Response(content, status_code=status, headers=headers, media_type=media_type)


def _pairs(request: Ask) -> list[tuple[str, str]]:
    """The parameters in their order. Raises `BadQuery` for bytes that are no text."""
    try:
        return parse_qsl(
            request.scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000
        )
    except ValueError:
        raise BadQuery(
            "The query is not one of names and texts.", "Write ?name=value&name=value, percent-encoded UTF-8."
        ) from None


def _token(request: Ask) -> str | None:
    said = request.headers.get("authorization")
    if said is not None:
        scheme, _, token = said.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    kept: str | None = request.cookies.get(COOKIE)
    return kept


def _takes_gzip(request: Ask) -> bool:
    for word in (request.headers.get("accept-encoding") or "").lower().split(","):
        name, _, more = word.strip().partition(";")
        if name.strip() == "gzip":
            return more.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _matching(request: Ask, tag: str) -> str:
    """The tag that the reader has, if it is of this answer, packed or not."""
    said = request.headers.get("if-none-match")
    if not said:
        return ""
    if said.strip() == "*":
        return tag
    return next((t for t in _TAG.findall(said) if t in (tag, f"{tag}-gz")), "")


def require_accepted(accept: str | None, media_type: str) -> None:
    """Raise `Refused` (406) where the reader takes no answer of this type."""
    if not accept or not accept.strip():
        return
    kind = media_type.partition(";")[0]
    ranges = (kind, kind.partition("/")[0] + "/*", "*/*")
    for one in accept.lower().split(","):
        name, *more = [w.strip() for w in one.split(";")]
        refused = any(w.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for w in more)
        if name in ranges and not refused:
            return
    raise Refused(
        406, "not-accepted", f"The answer is {kind}, which `Accept` leaves out.", "Ask for another ending, or accept it."
    )
