"""An answer before it has a form: a table or rows, in the order of its key, with what a reader should know beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from offing.faces.http.asking import Asked, Parameter

if TYPE_CHECKING:
    from offing.faces.http.source import Source

OK, NONE, NOT_COVERED, WITHHELD = "ok", "none", "not_covered", "withheld"
STATES = {
    OK: "there are rows",
    NONE: "it was looked for, and there is nothing",
    NOT_COVERED: "nobody listened, or no source in this logbook speaks of it",
    WITHHELD: "this reader's rules leave this class out",
}
"""What `state` says of an answer."""


@dataclass(frozen=True)
class Answer:
    """Rows as a frame, or as objects where their values may be objects; never both.

    `because` says in a sentence why `state` is not ok. `more`: further members beside the rows in JSON.
    """

    frame: pl.DataFrame | None = None
    records: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""
    because: str = ""
    names: Sequence[str] = ()  # columns of a table without rows

    @property
    def rows_n(self) -> int:
        """How many rows there are."""
        return self.frame.height if self.frame is not None else len(self.records)

    @property
    def said(self) -> str:
        """Its state."""
        return self.state or (OK if self.rows_n else NONE)


Ask = Callable[["Source", Asked], Answer]
Shapes = Callable[["Source", Asked, Answer], list[dict[str, Any]]]
"""Gives the features of a GeoJSON answer."""


@dataclass(frozen=True)
class Table:
    """One table: what may be asked, who answers, and the columns whose values order its rows and tell them apart."""

    name: str
    ask: Ask
    key: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    shapes: Shapes | None = None
    open_to_roles: bool = False  # false: withheld from a reader with a role
    takes: str = ""  # what the last step of its path names; empty: it has none. Asked as `id`
    lives_s: float = 0.0  # for how long an answer holds where the clock or the links of a node change it; 0: with the data

    @property
    def title(self) -> str:
        """What it holds, in a few words: what its function says."""
        return (self.ask.__doc__ or self.name).partition("\n")[0].rstrip(".")

    @property
    def forms(self) -> tuple[str, ...]:
        """The endings under which it is there."""
        return ("json", "csv", "parquet", *(("geojson",) if self.shapes else ()))
