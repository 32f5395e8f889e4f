"""Laws 1 and 8 on the real logs beside the project, through the shipped readers."""

from __future__ import annotations

from pathlib import Path

from offing.pipeline.ingest import ingest
from offing.store import FileLine, Store, merge_days, merged, positions_of

BASE_MS = 1_535_760_000_000  # 2018-09-01T00:00Z, for logs whose lines carry no time


def _read(store: Store, files: list[Path]) -> dict[str, FileLine]:
    lines = {}
    for file in files:
        (line,) = ingest(store, [file], base_time_ms=None if file.suffix == ".csv" else BASE_MS)
        assert isinstance(line, FileLine), line
        lines[file.name] = line
    return lines


def _parts(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.parquet")}


def test_every_row_of_every_log_is_accounted_for_and_the_order_does_not_matter(shared_data: Path, tmp_path: Path) -> None:
    logs = sorted(
        p for p in (shared_data / "ais").iterdir() if p.is_file() and "port_bureau" not in p.name
    )  # that one needs a mapping
    first, second = Store.create(tmp_path / "a", "x"), Store.create(tmp_path / "b", "x")
    told = _read(first, logs)
    assert len(told) >= 9
    for log in logs:
        line = told[log.name]
        assert line.balanced
        content = log.read_bytes()
        lines = content.count(b"\n") + (not content.endswith(b"\n"))
        assert line.rows == lines - (log.suffix == ".csv"), log.name
        assert line.positions
    _read(second, [*logs[::-1], logs[0]])
    assert [len(s.ledger.files()) for s in (first, second)] == [len(logs)] * 2
    days = merge_days(first)
    merge_days(second)
    assert _parts(first.root) == _parts(second.root)
    everything = merged(first).collect()
    assert everything["receptions_n"].sum() == sum(line.positions for line in told.values())
    assert everything.height == sum(day.rows for day in days)
    one = everything.row(everything.height // 2, named=True)
    t_ms = int(one["t_utc"].timestamp() * 1000)
    origins = positions_of(first, one["mmsi"], t_ms, t_ms).rows(named=True)
    assert (one["file"], one["row"]) in [(o["file"], o["row"]) for o in origins]
