"""Errors over HTTP: problem details (RFC 9457), one sentence and a next step, as everywhere in offing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from offing.errors import LogbookError, OffingError, UnknownName
from offing.faces.http.asking import BadQuery
from offing.faces.http.forms import to_json

MEDIA_TYPE = "application/problem+json"


class Refused(OffingError):
    """An answer that is refused with a status of HTTP."""

    def __init__(self, status: int, slug: str, message: str, hint: str = "", **headers: str) -> None:
        super().__init__(message, hint)
        self.status, self.slug = status, slug
        self.headers = {k.replace("_", "-"): v for k, v in headers.items()}


@dataclass(frozen=True)
class Problem:
    """What the body of an error holds."""

    status: int
    slug: str
    detail: str
    hint: str
    headers: dict[str, str]

    def body(self, instance: str) -> bytes:
        """The JSON of it. `instance`: path of the request."""
        told: dict[str, Any] = {
            "type": f"urn:offing:problem:{self.slug}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
            "instance": quote(instance, safe="/:@,=+"),
        }
        return to_json(told)


def problem_of(error: BaseException, named: str = "") -> Problem:
    """The problem that an error is. `named`: what the path itself names, if anything.

    400: a parameter cannot be read; 404: what the path names is not there; 422: it can be read, but there is no such thing or
    it does not fit together; 503: the logbook cannot be read.
    """
    if isinstance(error, Refused):
        return Problem(error.status, error.slug, error.message, error.hint, error.headers)
    if isinstance(error, OffingError):
        return Problem(_status(error, named), _slug(error), error.message, _for_http(error.hint), {})
    said = "The server met an error that should not be; its log has it."
    return Problem(500, "internal", said, "Please report it with the address that you asked for.", {})


def _status(error: OffingError, named: str) -> int:
    if isinstance(error, BadQuery):
        return 400
    if isinstance(error, UnknownName) and named and error.data.get("name") == named:
        return 404
    return 503 if isinstance(error, LogbookError) else 422


def _slug(error: OffingError) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def _for_http(hint: str) -> str:
    """A hint for the command line as one for the API: `--as-of` is as_of here."""
    return re.sub(r"--([a-z][a-z-]*)", lambda m: m[1].replace("-", "_"), hint)
