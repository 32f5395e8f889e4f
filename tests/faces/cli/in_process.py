"""The command line in this process: what a user would type, and what comes back."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from offing.faces.cli import main


@dataclass(frozen=True)
class Said:
    """Exit status and what stood on the two streams."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def rows(self) -> list[dict[str, Any]]:
        got = json.loads(self.text)
        assert isinstance(got, list)
        return got


Cli = Callable[..., Said]


def offing(*words: object) -> Said:
    """`offing WORDS...` as the installed command runs it, but here."""
    before = sys.argv, sys.stdout, sys.stderr
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    sys.argv, sys.stdout, sys.stderr = ["offing", *map(str, words)], out, err
    try:
        main.run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.argv, sys.stdout, sys.stderr = before
    out.flush()
    return Said(status, out.detach().getvalue(), err.getvalue())  # type: ignore[attr-defined]
