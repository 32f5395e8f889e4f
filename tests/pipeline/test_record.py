"""The record of a logbook: texts in, rows out, versions, as known at, and what the region pack holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from small_worlds import instant

import offing
from offing.errors import MissingInput, UnknownName, UsageError
from offing.logbook import Logbook
from offing.model.units import Quantity, Unit
from offing.pipeline.record import CORRECTED, REPEATED, Record, RecordFilter
from offing.pipeline.reported import SeriesQuestion, series_rows
from offing.pipeline.waters import of_region

NOTICE = "{n} PLA aircraft and {ships} PLAN vessels operating around Taiwan were detected up until 6 a.m. (UTC+8) today."


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return offing.create(tmp_path / "book")


@pytest.fixture(scope="module")
def pack() -> Record:
    return Record(None, of_region("east_asia"))


def notice(folder: Path, name: str, day: str, body: str, office: str = "tw-mnd") -> Path:
    path = folder / name
    path.write_text(f"office: {office}\npublished: {day}\nsource: test\n\n{body}\n")
    return path


def mnd(book: Logbook, day: str) -> dict[str, dict[str, object]]:
    rows = book.record.some_bulletins(RecordFilter("tw-mnd", since=date.fromisoformat(day), until=date.fromisoformat(day)))
    return {str(r["metric"]): r for r in rows.filter(pl.col("is_current")).to_dicts()}


def test_a_text_gives_its_figures_and_adding_it_twice_changes_nothing(book: Logbook, tmp_path: Path) -> None:
    path = notice(tmp_path, "a.txt", "2027-09-15", NOTICE.format(n=26, ships=9))
    first = book.add_bulletins([path])
    assert (first.texts, first.already, first.rows["bulletins"]) == (1, 0, 2) and not first.rejects
    second = book.add_bulletins([path])
    assert (second.texts, second.already) == (0, 1)
    rows = mnd(book, "2027-09-14")
    assert {k: r["value"] for k, r in rows.items()} == {"aircraft": 26, "naval_ships": 9}
    assert {r["origin"] for r in rows.values()} == {"text"}


def test_a_correction_is_a_version_and_the_first_stays_to_be_seen(book: Logbook, tmp_path: Path) -> None:
    book.add_bulletins([notice(tmp_path, "a.txt", "2027-09-15", NOTICE.format(n=26, ships=9))])
    before = instant()
    corrected = NOTICE.format(n=27, ships=9).replace("today", "today (15 September)")
    added = book.add_bulletins([notice(tmp_path, "b.txt", "2027-09-15", corrected)])
    if added.nothing:  # the parser need not know that addition
        book.add_bulletins([notice(tmp_path, "b.txt", "2027-09-15", NOTICE.format(n=27, ships=9))])
    rows = book.record.some_bulletins(RecordFilter("tw-mnd", "aircraft", since=date(2027, 9, 14))).sort("version")
    assert rows.select("value", "version", "is_current").rows() == [(26.0, 1, False), (27.0, 2, True)]
    assert CORRECTED in rows["flags"][0] and CORRECTED not in rows["flags"][1]
    ships = book.record.some_bulletins(RecordFilter("tw-mnd", "naval_ships", since=date(2027, 9, 14)))
    assert ships["is_current"].sum() == 1 and any(REPEATED in f for f in ships["flags"])
    then = Record(book.store, book.waters, before)
    assert then.some_bulletins(RecordFilter("tw-mnd", "aircraft", since=date(2027, 9, 14)))["value"].to_list() == [26.0]


def test_what_is_not_understood_is_a_reject_with_its_sentence_and_the_rest_is_kept(book: Logbook, tmp_path: Path) -> None:
    body = NOTICE.format(n=3, ships=2) + " The sea was rough, perhaps."
    added = book.add_bulletins([notice(tmp_path, "a.txt", "2027-09-15", body)])
    assert added.rows["bulletins"] == 2 and ["The sea was rough, perhaps." in r.sentence for r in added.rejects] == [True]
    assert book.record.reading.rejects["sentence"].to_list() == [added.rejects[0].sentence]
    none = book.add_bulletins([notice(tmp_path, "b.txt", "2027-09-16", "Many aircraft were about.")])
    assert none.nothing and none.rejects and mnd(book, "2027-09-15") == {}


def test_bad_input_is_told_in_a_sentence(book: Logbook, tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        book.add_bulletins([tmp_path / "nowhere.txt"])
    with pytest.raises(UnknownName):
        book.add_bulletins([notice(tmp_path, "a.txt", "2027-09-15", "x", office="nobody")])
    with pytest.raises(UnknownName):
        book.record.some_bulletins(RecordFilter("nobody"))
    with pytest.raises(UnknownName):
        book.record.some_sightings(RecordFilter(gate="nowhere"))
    with pytest.raises(UnknownName):
        book.record.some_statements(formula_class="loud")
    with pytest.raises(UnknownName):
        book.series("tw-mnd:dragons").days  # noqa: B018


def test_incidents_of_ones_own_stand_beside_those_of_the_pack_and_replace_their_ids(book: Logbook, tmp_path: Path) -> None:
    path = tmp_path / "i.toml"
    path.write_text(
        '[[incidents]]\nid = "mine"\nkind = "collision"\nstart = 2025-01-01T00:00:00Z\nsources = ["a log, 2025"]\n'
        '[[incidents]]\nid = "chunxiao-flotilla-2005"\nkind = "naval_presence"\nstart = 2005-09-09\nsources = ["mine, 2006"]\n'
        '[[incidents]]\nid = "bad"\nkind = "picnic"\nstart = 2005-09-09\nsources = ["x"]\n'
    )
    added = book.add_incidents([path])
    assert added.rows == {"incidents": 2} and len(added.rejects) == 1 and "picnic" in added.rejects[0].reason
    rows = {r["incident_id"]: r for r in book.record.incidents.to_dicts()}
    assert rows["mine"]["origin"] == "text" and rows["chunxiao-flotilla-2005"]["sources"] == ["mine, 2006"]
    assert rows["submarine-ishigaki-2004"]["origin"] == "pack" and "bad" not in rows


def test_the_two_incidents_of_2004_and_2005_ship(pack: Record) -> None:
    rows = {r["incident_id"]: r for r in pack.incidents.to_dicts()}
    submarine, flotilla = rows["submarine-ishigaki-2004"], rows["chunxiao-flotilla-2005"]
    assert submarine["start_utc"].isoformat() == "2004-11-09T20:50:00+00:00" and submarine["gate_id"] == "ishigaki_tarama"
    assert (flotilla["count"], flotilla["unit"]) == (5.0, "vessels") and abs(flotilla["lat_deg"] - 28.18) < 0.01


def test_statements_are_read_and_found_again(book: Logbook, tmp_path: Path) -> None:
    path = tmp_path / "s.md"
    path.write_text(
        "---\ndate: '2027-01-02'\ntitle: Joint statement of Japan and the United States\n---\n\n"
        "We underscore the importance of\npeace and stability across the Taiwan\nStrait.\n"
    )
    assert book.add_statements([path]).rows == {"statements": 1}
    (row,) = book.record.statements.filter(pl.col("origin") == "text").to_dicts()
    assert (row["day"], row["names_taiwan_strait"], row["formula_class"]) == (date(2027, 1, 2), True, "importance")
    assert book.record.some_statements("jp")["day"].max() == date(2027, 1, 2)
    bad = tmp_path / "bad.md"
    bad.write_text("no date here\n")
    assert book.add_statements([bad]).nothing


def test_four_years_of_daily_figures_ship(pack: Record) -> None:
    """The longest run of days with ships, the highest day, and the year 2024 as published."""
    ships = SeriesQuestion(pack, "tw-mnd:naval_ships")
    longest = ships.streaks().sort("days_observed").to_dicts()[-1]
    assert (longest["days_observed"], longest["days_unbroken"], longest["end_day"]) == (375, 375, date(2025, 11, 10))
    top = SeriesQuestion(pack, "tw-mnd:aircraft").records().filter(pl.col("record_kind") == "highest_day").to_dicts()[-1]
    assert (top["value"], top["unit"], top["start_day"], top["previous"]) == (153.0, "sorties", date(2024, 10, 14), 103.0)
    since = SeriesQuestion(pack, "tw-mnd:aircraft").since().filter(pl.col("day") == date(2025, 12, 29)).to_dicts()[0]
    assert since["value"] == 130 and since["highest_since"] == date(2024, 10, 14)


def test_monthly_sums_agree_with_the_published_table(pack: Record, shared_data: Path) -> None:
    """Sums by the month of the notice, as a second count of the same notices gave them; it lacks the ships of four notices."""
    lacks = {("naval_ships", m): n for m, n in (("2023-08", 10), ("2024-03", 8), ("2024-05", 8), ("2024-07", 3))}
    table = pl.read_csv(shared_data / "facts/tw_mnd_monthly_sums.csv")
    rows = pack.bulletins.filter(pl.col("office") == "tw-mnd", pl.col("origin") == "pack")
    month = pl.col("published_on").dt.strftime("%Y-%m").alias("month")
    for metric, column in (
        ("aircraft", "aircraft_sorties"),
        ("naval_ships", "plan_ships"),
        ("official_ships", "official_ships"),
    ):
        sums = rows.filter(pl.col("metric") == metric).group_by(month).agg(pl.col("value").sum())
        ours = dict(sums.iter_rows())
        for name, value in table.select("month_of_notice", column).iter_rows():
            assert ours.get(name, 0) - lacks.get((metric, name), 0) == value, (metric, name)


def test_days_and_incidents_of_2021_stand_side_by_side_and_never_add(pack: Record) -> None:
    rows = pack.bulletins.filter(pl.col("office") == "jcg", pl.col("area") == "senkaku-diaoyu-territorial-sea@jp")
    year = rows.filter(pl.col("window_start_utc").dt.year() == 2020, pl.col("window_end_utc").dt.year() == 2021)
    found = {Unit(u): v for u, v in year.select("unit", "value").iter_rows()}
    assert found[Unit.CALENDAR_DAYS] == 40 and found[Unit.INCIDENTS] == 34
    with pytest.raises(UsageError):
        Quantity(found[Unit.CALENDAR_DAYS], Unit.CALENDAR_DAYS) + Quantity(found[Unit.INCIDENTS], Unit.INCIDENTS)


def test_every_series_names_its_unit_day_and_counterpart(pack: Record) -> None:
    rows = series_rows(pack)
    assert len({r["unit"] for r in rows}) >= 4
    for row in rows:
        Unit(row["unit"])
        assert row["day_rule"] and row["first_day"] and row["last_day"] and row["days"] > 0
        assert bool(row["counts_in"]) == bool(row["fleet"])
        assert all(z in pack.waters.zones for z in row["counts_in"])


def test_a_series_of_years_has_no_days(pack: Record) -> None:
    with pytest.raises(UsageError, match="longer windows"):
        SeriesQuestion(pack, "jcg:days:senkaku-diaoyu-contiguous-zone@jp").streaks()
    years = SeriesQuestion(pack, "jcg:days:senkaku-diaoyu-contiguous-zone@jp").trend("year")
    found = dict(years.filter(pl.col("period").str.len_chars() == 4).select("period", "total").iter_rows())
    assert (found["2019"], found["2021"], found["2024"]) == (282, 332, 355)
