"""`python -m offing.pipeline.warm`: compile every kernel now, so that the first command does not have to.

The kernels are compiled by going the whole way on a handful of rows, so that they meet the very types they meet later.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from offing.figures.ids import FigureSpec
from offing.kernels.jit import cache_folder
from offing.pipeline.figuring import Question
from offing.pipeline.ingest import ingest
from offing.pipeline.run import run
from offing.pipeline.waters import load
from offing.store import Store

HEAD = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
    "TransceiverClass"
)
ZONE = "taiwan-territorial-sea@tw"


def _csv(days: list[date], shift_deg: float) -> str:
    """Two hulls that sail through the zone, once on each day."""
    rows = [HEAD]
    for day in days:
        for hour in range(24):
            for mmsi, lat in ((431000001, 24.0), (413000001, 23.5)):
                lon = 121.4 + shift_deg + hour * 0.04
                rows.append(f"{mmsi},{day}T{hour:02d}:00:00,{lat},{lon:.5f},9,90,90,A,,,70,0,,,,,A")
    return "\n".join(rows) + "\n"


def _nmea() -> str:
    """Sentences of every kind that is decoded: position, two-part static data, class B, tag block, prefix."""
    return "\n".join(
        [
            r"\s:rcv1,c:1704067200*15\!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A",
            "2024-01-01T00:00:10Z !AIVDM,1,1,,A,B3KLehP0B@LTN6`Vl;rrBE063P06,0*5A",
            "!AIVDM,2,1,7,A,53aGulD0000000c7?0918Tq<E>0<Q8U=@Tp400155P:22uG`002ShTj0,0*05",
            "!AIVDM,2,2,7,A,EQC`4Sm51A0C@08,2*50",
            "$GPGGA,,,,,,0,,,,,,,,*66",
            "",
        ]
    )


def warm() -> float:
    """Compile all kernels into the cache folder; returns the seconds it took."""
    begun = time.perf_counter()
    first = date(2024, 1, 1)
    with tempfile.TemporaryDirectory(prefix="offing-warm-") as folder:
        root = Path(folder)
        days = [first, first + timedelta(days=1)]
        texts = {"a.csv": _csv(days, 0.0), "b.csv": _csv(days, 0.001), "c.nmea": _nmea()}
        for name, text in texts.items():
            (root / name).write_text(text, encoding="utf-8")
        store = Store.create(root / "logbook", "east_asia")
        ingest(store, [root / name for name in texts], base_time_ms=None)
        waters = load(store)
        run(store, waters, settings={})
        Question.of(store, waters, FigureSpec("streak", (ZONE,), "any")).streaks()
    return time.perf_counter() - begun


if __name__ == "__main__":
    taken_s = warm()
    sys.stdout.write(f"Kernels are compiled in {cache_folder()} ({taken_s:.1f} s).\n")
