"""Release views: what a logbook would say that had only ever read these files, up to that instant."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from small_worlds import BOX, OTHER, SHIP, START, World, at, eastward, light, lying, write_rows

from offing.errors import LogbookError
from offing.figures.streaks import streaks
from offing.figures.watch_days import WATCH_DAYS
from offing.model.times import HOUR_MS, to_ms
from offing.pipeline import views_kept
from offing.pipeline.figuring import current_method
from offing.pipeline.views import Held, View, fold_view, own_files, spec_of
from offing.pipeline.views_kept import KEPT, view_of

LATE_MS = to_ms(START) + 10_000 * HOUR_MS
ROWS = {
    "ais": [*eastward(SHIP, range(0, 48, 2)), *light(range(0, 100, 2))],
    "radar": [*eastward(SHIP, range(12, 30)), *lying(OTHER, range(50, 61), 10.5), *light(range(1, 80, 2))],
    "other": lying(OTHER, range(70, 95), 10.2),
}


def told(world: World) -> list[pl.DataFrame]:
    """What a logbook says itself."""
    book = world.book
    book.run()
    visits = book.visits().sort("event_id")
    days, found = book.days(BOX, "own"), book.streaks(BOX, "own")
    return [visits.select(c for c in visits.columns if c not in NOT_OF_A_VIEW), days.select(WATCH_DAYS.names()), found]


NOT_OF_A_VIEW = (
    "version",
    "still_inside",
    "known_from_utc",
    "reason",
    "superseded_by",
    "originator",
    "received_from",
    "vouched_by",
)


def says(view: View, world: World) -> list[pl.DataFrame]:
    """What a view says of the same."""
    zones, fleet = [world.book.waters.zone(BOX)], world.book.waters.fleet("own")
    days = view.days(zones, fleet)
    visits = view.visits.sort("event_id")
    return [visits, days, streaks(days, spec_of(zones, fleet), zones[0].day_rule, view.method.streak)]


def same(found: list[pl.DataFrame], expected: list[pl.DataFrame]) -> bool:
    return all(
        f.select(c for c in f.columns if c in e.columns).equals(e.select(f.columns))
        for f, e in zip(found, expected, strict=True)
    )


def held(world: World, *sources: str, cutoff_ms: int = LATE_MS) -> Held:
    return Held.of(own_files(world.book.store), frozenset(sources), cutoff_ms)


def view(world: World, *sources: str, cutoff_ms: int = LATE_MS) -> View:
    return fold_view(held(world, *sources, cutoff_ms=cutoff_ms), world.book.waters.zone_list, current_method(world.book.store))


def fed(folder: Path, *sources: str, until: float = 1e9) -> World:
    """A logbook that read only these sources, and of them only what was heard until some hour."""
    folder.mkdir()
    world = World(folder)
    for source in sources:
        rows = [r for r in ROWS[source] if r.split(",")[1] <= f"{at(min(until, 9_000)):%Y-%m-%dT%H:%M:%S}"]
        if rows:
            world.book.ingest(write_rows(folder / f"{source}.csv", rows), source=source)
    return world


@pytest.mark.parametrize("sources", [("ais",), ("radar",), ("ais", "radar"), ("radar", "other"), tuple(ROWS)])
def test_a_view_says_what_a_logbook_of_those_files_says(tmp_path: Path, sources: tuple[str, ...]) -> None:
    whole, part = fed(tmp_path / "whole", *ROWS), fed(tmp_path / "part", *sources)
    assert same(says(view(whole, *sources), whole), told(part))


@pytest.mark.parametrize("until", [0, 11, 12.5, 24, 55, 71, 99])
def test_a_cut_view_says_what_a_logbook_said_that_had_heard_no_more(tmp_path: Path, until: float) -> None:
    whole, part = fed(tmp_path / "whole", *ROWS), fed(tmp_path / "part", *ROWS, until=until)
    cut = view(whole, *ROWS, cutoff_ms=to_ms(at(until)))
    assert cut.data_window is not None and cut.data_window[1] <= to_ms(at(until))
    assert same(says(cut, whole), told(part))


def test_a_view_of_nothing_says_nothing(tmp_path: Path) -> None:
    world = fed(tmp_path / "whole", *ROWS)
    for empty in (view(world, "no-such"), view(world, *ROWS, cutoff_ms=to_ms(START) - 1), view(world)):
        assert empty.data_window is None
        assert [f.height for f in says(empty, world)] == [0, 0, 0]


def test_a_file_of_several_sources_counts_if_any_of_them_is_asked_for(tmp_path: Path) -> None:
    world = fed(tmp_path / "whole", "ais", "radar")
    world.book.ingest(world.folder / "radar.csv", source="shared")
    assert {len(held(world, *s).files) for s in (("radar",), ("shared",), ("shared", "radar"))} == {1}
    assert len(held(world, "shared", "ais").files) == 2
    world.book.retract(world.folder / "radar.csv", "of the wrong source")
    assert held(world, "radar", "shared").files == ()


def test_rows_that_open_no_track_make_no_event_of_a_view(tmp_path: Path) -> None:
    world = fed(tmp_path / "whole", "ais")
    (file,) = own_files(world.book.store)
    tables = {day: pl.read_parquet(path) for day, path in file.days.items()}  # type: ignore[arg-type]
    given = [(frame, 1) for frame in ("file", "received", "base")] + [("file", 4)]
    seen = []
    for basis, msg_type in given:
        changed = pl.lit(basis).alias("time_basis"), pl.lit(msg_type, pl.Int16).alias("msg_type")
        one = replace(file, days={day: table.with_columns(changed) for day, table in tables.items()})
        asked = Held.of([one], frozenset({"ais"}), LATE_MS)
        seen.append(fold_view(asked, world.book.waters.zone_list, current_method(world.book.store)).visits.height)
    assert seen == [1, 1, 0, 0]


def test_a_kept_view_is_read_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = fed(tmp_path / "whole", *ROWS)
    store, zones, method = world.book.store, world.book.waters.zone_list, current_method(world.book.store)
    asked = held(world, "ais", "radar")
    first = view_of(store, asked, zones, method)
    monkeypatch.setattr(views_kept, "fold_view", None)  # may not be called again
    again = view_of(store, asked, zones, method)
    assert again.visits.equals(first.visits) and again.heard.equals(first.heard) and again.data_window == first.data_window
    later = held(world, "ais", "radar", cutoff_ms=LATE_MS + 5)
    assert view_of(store, later, zones, method).visits.equals(first.visits), "no data between: the same view"
    with pytest.raises(TypeError):
        view_of(store, held(world, "ais", "radar", cutoff_ms=to_ms(at(50))), zones, method)
    with pytest.raises(TypeError):
        view_of(store, held(world, "ais"), zones, method)
    with pytest.raises(TypeError):
        view_of(store, asked, zones[:-1], method)


def test_the_views_used_last_are_kept_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    world = fed(tmp_path / "whole", *ROWS)
    store, zones, method = world.book.store, world.book.waters.zone_list, current_method(world.book.store)
    root = store.root / "runs" / "views"
    for hour in range(KEPT + 3):
        view_of(store, held(world, "ais", cutoff_ms=to_ms(at(20 + hour))), zones, method)
        for folder in root.iterdir():
            stat = (folder / "view.json").stat()
            os.utime(folder / "view.json", (stat.st_atime, stat.st_mtime - 10))
    assert len(list(root.iterdir())) == KEPT
    asked = held(world, "ais", cutoff_ms=to_ms(at(20 + KEPT + 2)))
    before = view_of(store, asked, zones, method)
    for path in root.glob("*/visits.parquet"):
        path.write_bytes(b"no table")
    assert view_of(store, asked, zones, method).visits.equals(before.visits)
    world.book.run()
    assert len(list(root.iterdir())) == KEPT, "a run leaves them be"


def test_where_nothing_can_be_written_a_view_is_worked_out_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = fed(tmp_path / "whole", "ais")
    store, zones, method = world.book.store, world.book.waters.zone_list, current_method(world.book.store)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read only")

    monkeypatch.setattr(Path, "mkdir", refused)
    assert view_of(store, held(world, "ais"), zones, method).visits.height == 1


def test_a_missing_part_is_told_with_the_next_step(tmp_path: Path) -> None:
    world = fed(tmp_path / "whole", "ais")
    for path in world.book.store.root.glob("positions/*/*.parquet"):
        path.unlink()
    with pytest.raises(LogbookError, match="offing ingest"):
        view(world, "ais")


def test_the_seconds_of_a_visit_do_not_hang_on_how_many_others_there_are(tmp_path: Path) -> None:
    from offing.events import visit
    from offing.kernels.visits import VISIT

    world = fed(tmp_path / "whole")
    rows = np.zeros(50, VISIT)
    rows["exit_ms"] = rows["inside_ms"] = 43_013_600 + np.arange(50)
    rows["mmsi"] = 1 + np.arange(50)
    zones, parameters = [world.book.waters.zone(BOX)], visit.VisitParameters()
    together = visit.frame(rows, zones, parameters).sort("mmsi")
    alone = pl.concat([visit.frame(rows[i : i + 1], zones, parameters) for i in range(50)])
    assert alone.equals(together)
    assert together["duration_s"].to_list() == [(43_013_600 + n) / 1000 for n in range(50)]
