"""The demonstration: the whole way on real input, printing each command before what it says."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from importlib import resources
from pathlib import Path

from offing.errors import UsageError
from offing.faces.cli.output import Form, emit, emit_records, line

TANKER, RECEIVER = "tanker_2026-08.csv", "receiver_2018-09-04.nmea"
BASE_TIME = "2018-09-04T00:00:00Z"
SENKAKU, GOVERNMENT, OFFICE = "senkaku-diaoyu-contiguous-zone@jp", "cn-government", "jcg"
TAIWAN = ("taiwan-contiguous-zone@tw", "taiwan-territorial-sea@tw", "taiwan-internal-waters@tw")


def demonstrate(folder: Path | None) -> None:
    """Make a logbook in a new folder (default: one that is deleted at the end) and show what offing does."""
    from offing.logbook import Logbook
    from offing.pipeline.checks import VERDICTS
    from offing.zones.distances import distance_rows
    from offing.zones.resolve import resolve

    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "Name a new folder.")
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="offing-demo-"))) / "logbook"
        data = stack.enter_context(resources.as_file(resources.files("offing.faces.cli") / "demo_data"))
        _say("offing init")
        book = Logbook.create(folder)

        _say(f"offing ingest {TANKER}", f"offing ingest {RECEIVER} --base-time {BASE_TIME}", "offing status")
        book.ingest(data / TANKER, keep=True)
        book.ingest(data / RECEIVER, base_time=BASE_TIME, keep=True)
        rows = [r | {"path": Path(r["path"]).name} for r in book.status()]
        for row in rows:
            ignored = dict(sorted(row["ignored"].items(), key=lambda kv: -kv[1]))
            row["ignored"] = {"other kinds": sum(ignored.values())} if len(ignored) > 3 else ignored
        columns = ["path", "rows", "positions", "statics", "fragments", "ignored", "duplicates", "rejects"]
        emit_records(rows, Form.TABLE, columns=columns)

        _say("offing run", f"offing visits {' '.join(f'--zone {z}' for z in TAIWAN)}")
        book.run()
        visits = book.visits(TAIWAN)
        emit(
            visits,
            Form.TABLE,
            columns=["mmsi", "zone_id", "entry_t_utc", "entry_how", "exit_t_utc", "exit_how", "status", "still_inside"],
        )

        _say("offing distance yonaguni taiwan")
        pack = book.waters.pack
        ways = distance_rows(resolve(pack, "yonaguni"), resolve(pack, "taiwan"), pack, book.zones())
        columns = ["a", "a_what", "b", "b_what", "distance_nm", "distance_km", "from_lon_deg", "from_lat_deg"]
        emit_records(ways, Form.TABLE, columns=[*columns, "to_lon_deg", "to_lat_deg"])

        _say(f"offing streaks --zone {SENKAKU} --fleet {GOVERNMENT} --source {OFFICE}")
        streaks = book.streaks(SENKAKU, GOVERNMENT, OFFICE)
        columns = ["start_day", "end_day", "days_observed", "is_running", "is_record", "broke_days", "broke_on_day", "ended_by"]
        emit(streaks, Form.TABLE, columns=columns)

        claim, day = "152 consecutive days", "2021-07-31"
        _say(f"offing check '{claim}' --zone {SENKAKU} --fleet {GOVERNMENT} --as-of {day}")
        verdict = book.check(claim, day, SENKAKU, GOVERNMENT)
        line(f"{VERDICTS[verdict.holds]}, by {verdict.decided_by}: {verdict.because}")

        entry = visits.row(0, named=True)["event_id"]
        _say(f"offing why {entry}")
        for link in book.why(entry):
            named = f"  [{link.id}]" if link.id else ""
            line(f"{'  ' * link.level}{link.text}{named}".replace(str(data) + "/", ""))
    line()
    if folder.exists():
        query = "SELECT zone_id, count(*) FROM visits GROUP BY 1"
        line(f'The logbook is in {folder}: try `offing --logbook {folder} sql "{query}"`.')


def _say(*commands: str) -> None:
    line()
    for command in commands:
        line(f"$ {command}")
