"""Series of every kind by name: bulletins, published streaks, passages, watch days, meetings; and why a figure is so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from small_worlds import BOX, SHIP, World, eastward, instant, light

import offing
from offing.errors import UnknownName, UsageError
from offing.logbook import Logbook
from offing.model.units import Unit
from offing.pipeline.checks import check
from offing.pipeline.record import Record
from offing.pipeline.reported import SERIES_RECORDS, SERIES_ROWS
from offing.pipeline.series import every_series, series_question
from offing.pipeline.waters import of_region
from offing.pipeline.why import Link

JOINT, JCG = "statements:jp-us-leaders:joint", "jcg-senkaku-contiguous-zone"
PRESS = (
    "（お知らせ） 令和８年３月５日 統合幕僚監部 中国海軍艦艇の動向について "
    "３月３日（火）午前６時頃、海上自衛隊は、宮古島（沖縄県）の北西約９０ｋｍの海域において、南東進する"
    "中国海軍ルーヤンⅢ級ミサイル駆逐艦１隻（艦番号「１３３」）を確認した。"
    "その後、当該艦艇が沖縄本島と宮古島（沖縄県）との間の海域を南東進し、太平洋へ向けて航行したことを確認した。"
)
NOTICE = "{n} PLA aircraft and 9 PLAN vessels operating around Taiwan were detected up until 6 a.m. (UTC+8) today."


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return offing.create(tmp_path / "book")


@pytest.fixture(scope="module")
def pack() -> Record:
    return Record(None, of_region("east_asia"))


def text(folder: Path, name: str, office: str, day: str, words: str) -> Path:
    path = folder / name
    path.write_text(f"office: {office}\npublished: {day}\nsource: {name}, made up\n\n{words}\n")
    return path


def kinds(links: list[Link]) -> set[str]:
    return {link.kind for link in links}


def test_ships_that_texts_name_in_a_strait_are_a_series_of_days(book: Logbook, tmp_path: Path) -> None:
    later = PRESS.replace("３月３日（火）", "３月８日（日）").replace("３月５日", "３月９日").replace("１３３", "１０１")
    book.add_bulletins([text(tmp_path, "a.txt", "jp-joint-staff", "2026-03-05", PRESS)])
    book.add_bulletins([text(tmp_path, "b.txt", "jp-joint-staff", "2026-03-09", later)])
    asked = book.series("jp-joint-staff:passages:miyako")
    assert asked.unit == "passages" and asked.about.day_rule.zone == "Asia/Tokyo"
    assert asked.days["value"].to_list() == [1.0, None, None, None, None, 1.0]
    assert asked.streaks()["days_observed"].to_list() == [1, 1], "four unknown days are more than a streak bridges"
    assert asked.trend("month")["total"].to_list() == [2.0]
    row = next(r for r in every_series(book.record) if r["series"] == asked.id)
    assert (row["unit"], row["first_day"], row["last_day"], row["days"]) == ("passages", date(2026, 3, 3), date(2026, 3, 8), 2)
    assert book.series("jp-joint-staff:passages:miyako", as_of=date(2026, 3, 4)).days.height == 2
    with pytest.raises(UnknownName):
        book.series("jp-joint-staff:passages:osumi")
    links = book.why(str(asked.streaks()["figure_id"][0]))
    assert {"figure", "rule", "day", "sighting", "raw"} <= kinds(links)
    assert any(link.raw and "南東進し、太平洋へ" in link.raw for link in links)


def test_published_streaks_under_their_own_name(pack: Record) -> None:
    asked = series_question(pack, JCG)
    longest = asked.streaks().sort("days_observed").to_dicts()[-1]
    assert (longest["days_observed"], longest["end_day"]) == (335, date(2025, 10, 19))
    records = asked.records()
    assert set(records["record_kind"]) == {"longest_run", "longest_run_bridged"} and records.schema == SERIES_RECORDS
    assert records.filter(pl.col("record_kind") == "longest_run")["value"].to_list() == [64, 111, 157, 215, 335]
    cut = series_question(pack, JCG, as_of=date(2021, 7, 14)).streaks().to_dicts()[-1]
    assert (cut["days_observed"], cut["is_running"]) == (152, True)
    by_published = series_question(pack, JCG, published_by=date(2021, 1, 1)).streaks()
    assert by_published["days_observed"].max() == 111
    assert set(asked.days["value"].drop_nulls()) == {0.0, 1.0}


def test_the_figures_of_published_streaks_are_those_of_the_zone_and_the_office(book: Logbook) -> None:
    by_name = book.series(JCG).streaks().drop("series")
    by_zone = book.streaks("senkaku-diaoyu-contiguous-zone@jp", "cn-government", "jcg")
    assert by_name.select(by_zone.columns).equals(by_zone)
    for name in book.series(JCG).records()["figure_id"].to_list():
        assert {"figure", "bulletin"} <= kinds(book.why(name))


def test_unbroken_runs_and_bridged_ones_are_two_records(pack: Record) -> None:
    rows = series_question(pack, "tw-mnd:aircraft").records()
    best = {k: part.sort("value").to_dicts()[-1] for (k,), part in rows.group_by("record_kind")}
    assert best["longest_run"]["value"] == best["longest_run"]["value_at_most"]
    assert best["longest_run_bridged"]["value"] < best["longest_run_bridged"]["value_at_most"]
    assert best["longest_run"]["value"] < best["longest_run_bridged"]["value"]
    days = series_question(pack, "tw-mnd:aircraft").days
    inside = days.filter(pl.col("day").is_between(best["longest_run"]["start_day"], best["longest_run"]["end_day"]))
    assert inside.height == best["longest_run"]["value"] and inside["value"].null_count() == 0


def test_watch_days_are_a_series_with_the_same_figures_as_days(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("own.csv", eastward(SHIP, range(48)))
    world.read("light.csv", light(range(96)))
    world.book.run()
    asked = world.book.series(f"ais:{BOX}:own")
    assert asked.days.select("state").to_series().to_list() == list(world.states().values())
    own, same = world.book.streaks(BOX, "own"), asked.streaks()
    assert same["figure_id"].to_list() == own["figure_id"].to_list()
    assert same["days_observed"].to_list() == own["days_observed"].to_list()
    (month,) = asked.trend("month").to_dicts()
    assert (month["unit"], month["total"], month["days_with"]) == ("vessels", 2.0, 2)
    for name in asked.records()["figure_id"].to_list():
        assert "visit" in kinds(world.book.why(name)), name
    found = check(world.book.store, world.book.waters, "at least 2 consecutive days", date(2024, 3, 2), series_id=asked.id)
    assert (found.holds, found.decided_by) == (True, "ais")
    with pytest.raises(UnknownName):
        world.book.series("ais:nowhere:own").days  # noqa: B018
    with pytest.raises(UnknownName):
        world.book.series("ais:one:two:three").days  # noqa: B018
    with pytest.raises(UsageError, match="needs a logbook"):
        series_question(Record(None, world.book.waters), f"ais:{BOX}:own").days  # noqa: B018


def test_a_change_of_provider_is_a_break_of_the_series(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("own.csv", [*eastward(SHIP, range(48)), *light(range(48))])
    other = tmp_path / "other.jsonl"
    sent = '{{"Message":{{"PositionReport":{{"Cog":90,"Latitude":0.5,"Longitude":9.7,"MessageID":1,"Sog":0,"TrueHeading":511,' \
        '"UserID":431000009,"Valid":true}}}},"MessageType":"PositionReport","MetaData":{{"MMSI":431000009,"ShipName":"L",' \
        '"latitude":0.5,"longitude":9.7,"time_utc":"2024-03-{:02} {:02}:00:00.0 +0000 UTC"}}}}\n'  # fmt: skip
    other.write_text("".join(sent.format(3 + h // 24, h % 24) for h in range(48)))
    (line,) = world.book.ingest(other)
    assert line.positions == 48, line  # type: ignore[union-attr]
    world.book.run()
    (only,) = world.book.series(f"ais:{BOX}:own").about.breaks
    assert only == (date(2024, 3, 3), "positions come from aisstream instead of marinecadastre")


def test_meetings_of_a_forum(pack: Record) -> None:
    asked = series_question(pack, JOINT)
    assert asked.records()["unit"].to_list() == ["meetings"] and asked.records().schema == SERIES_RECORDS
    assert asked.trend("year").filter(pl.col("period") == "2021")["total"].to_list() == [1.0]
    assert series_question(pack, JOINT, as_of=date(2021, 12, 31)).streaks()["last_day"].to_list() == [date(2021, 4, 16)]
    for call in (asked.change_points, asked.since):
        with pytest.raises(UsageError, match="counts meetings"):
            call()
    with pytest.raises(UsageError, match="counts meetings"):
        check(None, pack.waters, "5 consecutive days", date(2025, 1, 1), series_id=JOINT)
    with pytest.raises(UnknownName):
        series_question(pack, "statements:nobody:joint")


def test_every_series_has_its_row_and_answers(pack: Record) -> None:
    rows = every_series(pack)
    assert [set(r) for r in rows] == [set(SERIES_ROWS)] * len(rows) and {JOINT, JCG, "tw-mnd:aircraft"} <= {
        r["series"] for r in rows
    }
    for row in rows:
        Unit(row["unit"])
        asked = series_question(pack, row["series"])
        assert asked.unit == row["unit"] and asked.trend("year").height, row["series"]
        if asked.daily:
            assert asked.days["day"].max() == row["last_day"] and asked.records().schema == SERIES_RECORDS
    with pytest.raises(UnknownName, match="dragons") as told:
        series_question(pack, "tw-mnd:dragons")
    assert "offing series" in told.value.hint


# -- why


def test_why_a_day_of_notices_down_to_the_words(book: Logbook, tmp_path: Path) -> None:
    a = text(tmp_path, "a.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26))
    book.add_bulletins([a])
    book.add_bulletins([text(tmp_path, "b.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=27))])
    links = book.why("day::any:tw-mnd%3Aaircraft:2027-09-14")
    assert links[0].text == "2027-09-14: 27 sorties" and links[0].id == "day::any:tw-mnd%3Aaircraft:2027-09-14"
    (bulletin,) = [k for k in links if k.kind == "bulletin"]
    held = {t.name: t for t in book.store.ledger.texts.held("bulletin")}
    assert held["b.txt"].sha256 in bulletin.text and "b.txt, made up" in bulletin.text
    (version,) = [k for k in links if k.kind == "version"]
    assert "version 1: 26" in version.text
    (raw,) = [k for k in links if k.kind == "raw"]
    assert raw.raw == held["b.txt"].text and "27 PLA aircraft" in raw.text


def test_why_facts_of_the_pack_down_to_file_and_line(book: Logbook) -> None:
    links = book.why("record::any:tw-mnd%3Aaircraft:2024-10-14,unit=sorties,record_kind=highest_day")
    assert "153 sorties" in links[0].text and any("broke the record of 103" in k.text for k in links)
    (raw,) = [k for k in links if k.kind == "raw"]
    lines = Path(str(raw.file)).read_text(encoding="utf-8").splitlines()
    assert raw.line and lines[raw.line - 1] == raw.raw and str(raw.raw).startswith("2024-10-15,")
    for name in book.series("tw-mnd:naval_ships").records()["figure_id"].to_list():
        assert {"figure", "day", "bulletin", "raw"} <= kinds(book.why(name)), name
    short, whole = (book.why("streak::any:tw-mnd%3Anaval_ships:2024-11-01", everything=e) for e in (False, True))
    assert [k.kind for k in short].count("day") == 2 and [k.kind for k in whole].count("day") == 375


@pytest.mark.parametrize(
    "name",
    [
        "day::any:tw-mnd%3Aaircraft:1999-01-01",
        "day::any:tw-mnd%3Adragons:2024-10-14",
        "streak::any:tw-mnd%3Aaircraft:2024-10-14",
        "record::any:tw-mnd%3Aaircraft:2024-10-15",
        "presence::any:tw-mnd%3Aaircraft:2024-10",
        "streak::any:statements%3Ajp-us-leaders%3Ajoint:2021-04-16",
    ],
)
def test_figures_that_are_not_there(book: Logbook, name: str) -> None:
    with pytest.raises((UnknownName, UsageError)):
        book.why(name)


# -- taking back, and as known then


def test_a_text_is_taken_back_in_the_open(book: Logbook, tmp_path: Path) -> None:
    book.add_bulletins([text(tmp_path, "a.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26))])
    before = instant()
    (sha,) = [t.sha256 for t in book.store.ledger.texts.held("bulletin")]
    gone = book.retract_text("bulletin", sha[:12], "a hoax")
    assert (gone.name, gone.reason, gone.sha256) == ("a.txt", "a hoax", sha)
    of_book = pl.col("origin") == "text"
    assert book.record.bulletins.filter(of_book).is_empty()
    assert Record(book.store, book.waters, before).bulletins.filter(of_book).height == 2
    assert book.add_bulletins([tmp_path / "a.txt"]).texts == 1, "it can be added again"
    assert book.retract_text("bulletin", "a.txt", "again").held_to_ms
    with pytest.raises(UnknownName):
        book.retract_text("bulletin", "a.txt", "once more")
    with pytest.raises(UnknownName):
        book.retract_text("statement", sha, "another kind")
    with pytest.raises(UsageError, match="for a reason"):
        book.retract_text("bulletin", sha, "  ")


def test_a_name_that_several_texts_have_means_none(book: Logbook, tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / str(n)).mkdir()
        book.add_bulletins([text(tmp_path / str(n), "a.txt", "tw-mnd", f"2027-09-1{n}", NOTICE.format(n=n))])
    with pytest.raises(UsageError, match="2 texts"):
        book.retract_text("bulletin", "a.txt", "which?")
    assert len(book.store.ledger.texts.held("bulletin")) == 2
    assert book.retract_text("bulletin", str(tmp_path / "2" / "a.txt"), "this one").published == date(2027, 9, 12)


def test_incidents_and_statements_are_taken_back_too(book: Logbook, tmp_path: Path) -> None:
    (tmp_path / "i.toml").write_text('[[incidents]]\nid = "mine"\nkind = "other"\nstart = 2025-01-01\nsources = ["a log"]\n')
    (tmp_path / "s.md").write_text(
        "---\ndate: '2027-01-02'\ntitle: A text\n---\n\nPeace and stability across the Taiwan Strait.\n"
    )
    book.add_incidents([tmp_path / "i.toml"])
    book.add_statements([tmp_path / "s.md"])
    book.retract_text("incident", "i.toml", "wrong")
    book.retract_text("statement", "s.md", "wrong")
    assert "mine" not in book.record.incidents["incident_id"] and "text" not in book.record.statements["origin"]


def test_the_record_in_sql(book: Logbook, tmp_path: Path) -> None:
    book.add_bulletins([text(tmp_path, "a.txt", "jp-joint-staff", "2026-03-05", PRESS)])
    counts = {
        t: book.sql(f"SELECT count(*) AS n FROM {t}")["n"][0] for t in ("bulletins", "sightings", "incidents", "statements")
    }
    record = book.record
    assert counts == {t: getattr(record, t).height for t in counts} and counts["sightings"] == 2
    top = book.sql("SELECT max(value) AS v FROM bulletins WHERE metric = 'aircraft' AND is_current")["v"][0]
    assert top == 153.0
    assert book.sql("SELECT hulls[1] AS h FROM Sightings WHERE gate_id = 'miyako'")["h"].to_list() == ["133"]
