"""The Joint Staff's real texts: what was read by hand, a hand-made map, and how many are understood."""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from joint_staff_rows import Straits, figures, new, parse, restated
from texts import a_text

from offing.model.bulletin import Parsed
from offing.pipeline.record_places import RecordPlaces
from offing.pipeline.waters import of_region
from offing.readers.bulletins import joint_staff

VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "joint_staff.toml").read_text(encoding="utf-8"))
CUT_OFF = {"p20221228_01", "p20230102_01"}
"""Of these the collection has the first page only, which ends within a sentence."""


@cache
def of_2026(data: Path) -> dict[str, str]:
    held = json.loads((data / "official" / "japan_joint_staff_2026_part1.json").read_text(encoding="utf-8"))
    return {name.removesuffix(".pdf"): entry["text"] for name, entry in held.items()}


@cache
def drawn(data: Path) -> list[dict[str, str]]:
    """One row per drawn track; `new` ones are the last version of each."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        with (data / "official" / "twreporter" / "Japan_jp_data_cleaned.csv").open(encoding="utf-8", newline="") as file:
            return [{**row, "name": row["file_name"].removesuffix(".pdf")} for row in csv.DictReader(file)]
    finally:
        csv.field_size_limit(before)


def of_2022(data: Path) -> dict[str, str]:
    return {row["name"]: row["first_page_content"] for row in drawn(data)}


@pytest.fixture
def texts(shared_data: Path) -> dict[str, str]:
    return of_2022(shared_data) | of_2026(shared_data)


@pytest.mark.parametrize("name", VECTORS)
def test_a_text_says_what_was_read_by_hand(name: str, texts: dict[str, str]) -> None:
    parsed = parse(texts[name])
    assert parsed.rejects == ()
    got = {"new": new(parsed), "restated": restated(parsed), "figures": figures(parsed.bulletins)}
    assert {what: rows for what, rows in got.items() if rows} == VECTORS[name]


def test_enough_texts_were_read_by_hand() -> None:
    assert len(VECTORS) >= 40
    assert sum(name.startswith("p2026") for name in VECTORS) == 20


def test_all_texts_but_two_are_understood_wholly(shared_data: Path) -> None:
    assert {name for name, text in of_2026(shared_data).items() if parse(text).rejects} == set()
    kept = {row["name"]: row["first_page_content"] for row in drawn(shared_data) if row["version"] == "new"}
    every = of_2022(shared_data)
    assert (len(kept), len(every)) == (114, 121)
    assert {name for name, text in every.items() if parse(text).rejects} == CUT_OFF
    for name in CUT_OFF:
        (reject,) = parse(every[name]).rejects
        assert reject.sentence.startswith("また、１２月２") and not reject.sentence.endswith("。")


def hulls_of(words: str) -> set[str]:
    """The hull numbers in a label such as 7/30_052D旅洋III型導彈驅逐艦（155）."""
    narrow = words.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    return set(re.findall(r"[（「､、](\d{2,3})(?=[」）､、])", narrow))


def test_passages_of_miyako_agree_with_the_hand_made_map(shared_data: Path) -> None:
    ships: dict[str, set[str]] = {}
    flights: dict[str, bool] = {}
    for row in drawn(shared_data):
        if row["version"] == "new" and row["data"] == "ship":
            ships.setdefault(row["name"], set()).update(hulls_of(row["id_content"]) if row["if_宮古海峽"] else ())
        elif row["version"] == "new":
            flights[row["name"]] = flights.get(row["name"], False) or bool(row["if_宮古海峽"])
    every, differ = of_2022(shared_data), {}
    for name, marked in ships.items():
        told = {h for s in parse(every[name]).sightings if s.gate_id == "miyako" and not s.restated for h in s.hulls}
        if told != marked:
            differ[name] = (marked - told, told - marked)
    assert differ == {
        # on 1 January, of which the first page says nothing
        "p20230102_01": ({"16", "103", "104", "120", "542", "901"}, set()),
        # these three passed between Yonaguni and Iriomote, says the text, and their drawn line stays north-west of the strait
        "p20230518_01": ({"119", "121", "889"}, set()),
    }
    told_flights = {
        name: any(s.gate_id == "miyako" and not s.hulls for s in parse(every[name]).sightings if not s.restated)
        for name in flights
    }
    # the text on the bombers of 30 November 2022 names no strait: the drawing does
    assert {name for name in flights if flights[name] != told_flights[name]} == {"p20221130_03"}


def test_every_hull_number_of_a_text_is_in_its_rows(shared_data: Path) -> None:
    for name, text in of_2022(shared_data).items():
        if name in CUT_OFF:
            continue
        named = hulls_of(text) | set(
            re.findall(r"（(\d{2,3})）", text.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
        )
        assert {h for s in parse(text).sightings for h in s.hulls} == named, name


def test_days_agree_with_the_hand_made_map(shared_data: Path) -> None:
    """The day in a label of one ship lies within the days of one of the rows of that ship."""
    every, n = of_2022(shared_data), 0
    for row in drawn(shared_data):
        m = re.match(r"(\d{1,2})/(\d{1,2})_", row["id_content"])
        if row["version"] == "new" and m and row["name"] not in CUT_OFF | {"p20220801_03", "p20220802_02"}:
            rows = parse(every[row["name"]]).sightings
            for hull in hulls_of(row["id_content"]):
                spans = [(s.start_day, s.end_day or s.start_day) for s in rows if hull in s.hulls]
                day = (int(m[1]), int(m[2]))
                assert any((a.month, a.day) <= day <= (b.month, b.day) for a, b in spans), (row["name"], hull)
                n += 1
    assert n > 100


def test_the_region_knows_every_strait_and_place_of_these_texts(texts: dict[str, str]) -> None:
    places = RecordPlaces(of_region("east_asia"))
    for name, text in texts.items():
        for s in joint_staff.parse(a_text("jp-joint-staff", "", text), places).sightings:
            if s.reference_place.endswith(("との間", "海峡")):
                assert s.gate_id, (name, s.reference_place)
            if s.distance_km:
                assert s.lat_deg and s.lon_deg, (name, s.reference_place)


def test_a_position_lies_at_the_distance_and_bearing(texts: dict[str, str]) -> None:
    from pyproj import Geod

    s = next(s for s in parse(texts["p20260330_03"]).sightings if s.distance_km)
    assert s.lon_deg and s.lat_deg and s.distance_km == 80
    azimuth, _, metres = Geod(ellps="WGS84").inv(129.3333, 34.4167, s.lon_deg, s.lat_deg)
    assert (round(azimuth % 360), round(metres / 1000, 2)) == (225, 80.0)


def rows_of(parsed: Parsed) -> list[object]:
    return [replace(s, text_sha256="", sentence="") for s in parsed.sightings]


def test_a_text_with_its_lines_joined_says_the_same(texts: dict[str, str]) -> None:
    for text in texts.values():
        joined = "".join(text.split()).replace("---", "")
        assert rows_of(parse(joined)) == rows_of(parse(text))


def test_what_is_quoted_is_what_the_office_wrote(texts: dict[str, str]) -> None:
    for text in texts.values():
        plain = re.sub(r"\s|-{3,}", "", text)
        parsed = joint_staff.parse(a_text("jp-joint-staff", "", text), Straits())
        for sentence in {s.sentence for s in parsed.sightings} | {r.sentence for r in parsed.rejects}:
            assert re.sub(r"\s", "", sentence) in plain
