"""Offing: an open watch on contested waters.

    import offing

    log = offing.create("logbook")  # later: offing.open("logbook")
    log.ingest("ais/")
    log.run()
    log.visits(zone="taiwan-contiguous-zone@tw")  # a polars data frame

Everything else is a method of the logbook: see `offing.logbook.Logbook`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.logbook import Logbook

__version__ = "0.1.0"
__all__ = ["OffingError", "__version__", "create", "open"]


def open(folder: Path | str = "logbook") -> Logbook:
    """Open a logbook folder. Raises `LogbookError` where there is none."""
    from offing.logbook import Logbook

    return Logbook.open(folder)


def create(folder: Path | str = "logbook", region: str = "east_asia") -> Logbook:
    """Make a logbook in a new folder, with the zones and fleets of a region pack."""
    from offing.logbook import Logbook

    return Logbook.create(folder, region)
