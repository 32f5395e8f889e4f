"""Tables of one thing: the chain of `why` of an event or figure, and the days of one series."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from offing import __version__
from offing.faces.http.answers import Answer, Table
from offing.faces.http.asking import FLAG, Asked, Parameter
from offing.faces.http.source import Source
from offing.faces.http.tables_figures import SERIES_PARAMETERS, series_days


def why(source: Source, asked: Asked) -> Answer:
    """From a figure or event down to file, line and raw text."""
    name = asked["id"]
    links = source.book.why(name, asked["all"])
    rows = [{"n": n, **link.row()} for n, link in enumerate(links)]
    return Answer(records=rows, more={"id": name, **_cited(source, name, links[0].text if links else "")})


def _cited(source: Source, name: str, said: str) -> dict[str, Any]:
    """How to cite it, and the page's own address of it, relative to where the page lies."""
    pack = source.waters.pack
    text = f"{said}. [{name}] offing {__version__}, data {source.version}, waters {pack.label}."
    query = urlencode({"evidence": name, "pack": pack.hash, "v": source.version}, quote_via=quote)
    return {"citation": text, "permalink": f"evidence?{query}", "pack": pack.label, "version": __version__}


def series(source: Source, asked: Asked) -> Answer:
    """The days of one series."""
    return series_days(source, asked["id"], asked)


_ALL = Parameter("all", "open every day and visit, not only the first ones", FLAG, default=False)

TABLES = (
    Table("why", why, ("n",), (_ALL,), takes="event or figure id"),
    Table("series", series, ("day",), SERIES_PARAMETERS, takes="series", open_to_roles=True),
)
