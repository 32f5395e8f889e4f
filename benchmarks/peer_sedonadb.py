"""SedonaDB as a peer, where it is installed: each position joined with the zones, then runs of consecutive positions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import shapely

from offing.model.schemas import E7
from offing.model.zone import Zone

QUERY = """
WITH hits AS (
  SELECT z.zone, p.mmsi, p.t_utc, p.n
  FROM (SELECT mmsi, t_utc, row_number() OVER (PARTITION BY mmsi ORDER BY t_utc) AS n,
               ST_Point(lon_e7 / 1e7, lat_e7 / 1e7) AS place FROM positions) p
  JOIN zones z ON ST_Contains(z.area, p.place)
), runs AS (
  SELECT *, n - row_number() OVER (PARTITION BY zone, mmsi ORDER BY n) AS run FROM hits
)
SELECT zone, mmsi, run, min(t_utc) AS first_t, max(t_utc) AS last_t, count(*) AS positions_n
FROM runs GROUP BY zone, mmsi, run
"""


def is_installed() -> bool:
    """Whether there is a SedonaDB to compare with."""
    return find_spec("sedonadb") is not None


def runs_inside(days: Sequence[tuple[date, Path]], zones: Sequence[Zone]) -> tuple[tuple[float, float], int, str]:
    """Seconds, positions and a note; the first query on one day warms the engine."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sedonadb = import_module("sedonadb")

    rows = sum(pq.read_metadata(path).num_rows for _, path in days)
    area = [shapely.MultiPolygon([(p[0] / E7, [h / E7 for h in p[1:]]) for p in z.polygons]) for z in zones]
    begin = cpu = 0.0
    found = 0
    for paths in ([days[0][1]], [path for _, path in days]):
        engine = sedonadb.connect()
        begin, cpu = time.perf_counter(), time.process_time()
        table = pa.table({"zone": [z.id for z in zones], "wkb": [shapely.to_wkb(a) for a in area]})
        engine.create_data_frame(table).to_view("raw_zones")
        engine.sql("SELECT zone, ST_GeomFromWKB(wkb) AS area FROM raw_zones").to_view("zones")
        engine.read_parquet([str(p) for p in paths]).to_view("positions")
        found = pa.table(engine.sql(QUERY)).num_rows
    return (time.perf_counter() - begin, time.process_time() - cpu), rows, f"{found:,} runs, no crossing times"
