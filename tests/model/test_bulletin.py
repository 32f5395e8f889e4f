"""Bulletins and sightings: ids that follow from what they say, tables in the promised order, aware times."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import polars as pl
import pytest

from offing.errors import NaiveTime, UsageError
from offing.model.bulletin import (
    BEARINGS,
    BULLETINS,
    SIGHTINGS,
    WINDOW_BASES,
    Bulletin,
    Sighting,
    SourceText,
    bulletin_frame,
    observations,
    sighting_frame,
)
from offing.model.units import Quantity, Unit

SHA = "0f3a" * 16
BULLETIN = Bulletin(
    office="tw-mnd",
    window_start_utc=datetime(2026, 8, 6, 22, tzinfo=UTC),
    window_end_utc=datetime(2026, 8, 7, 22, tzinfo=UTC),
    window_basis="stated",
    metric="aircraft",
    unit=Unit.SORTIES,
    value=14,
    area="around-taiwan",
    text_sha256=SHA,
    source="test",
    flags=("exceeded_by_a_part",),
)
SIGHTING = Sighting(
    office="jp-joint-staff",
    start_day=date(2026, 3, 29),
    end_day=None,
    t_utc=None,
    hulls=("799",),
    ship_class="ドンディアオ級",
    country="cn",
    reference_place="対馬",
    bearing="SW",
    distance_km=80.0,
    lat_deg=33.6,
    lon_deg=128.6,
    gate_id="",
    direction="NE",
    restated=False,
    zone_id="",
    text_sha256=SHA,
    source="test",
    sentence="s",
)


def test_a_text_is_known_by_its_bytes() -> None:
    text = SourceText("a", "tw-mnd", None, "", "", "偵獲共機17架次")
    assert text.sha256 == hashlib.sha256("偵獲共機17架次".encode()).hexdigest()
    assert replace(text, name="b", url="u").sha256 == text.sha256


def test_ids_follow_from_what_is_said() -> None:
    assert BULLETIN.bulletin_id == "bulletin:tw-mnd:20260807T220000Z:aircraft:around-taiwan:0f3a0f3a0f3a"
    for more in ({"metric": "naval_ships"}, {"area": "north"}, {"text_sha256": "1" * 64}, {"office": "x"}):
        assert replace(BULLETIN, **more).bulletin_id != BULLETIN.bulletin_id
    assert replace(BULLETIN, flags=(), note="n").bulletin_id == BULLETIN.bulletin_id
    assert SIGHTING.sighting_id.startswith("sighting:jp-joint-staff:20260329:799:")
    others = ({"gate_id": "tsushima"}, {"restated": True}, {"direction": "N"}, {"zone_id": "z"}, {"crossing": "left"})
    assert len({replace(SIGHTING, **more).sighting_id for more in others} | {SIGHTING.sighting_id}) == 1 + len(others)


def test_tables_have_the_promised_columns_in_order() -> None:
    head = "bulletin_id office window_start_utc window_end_utc window_basis metric unit value area text_sha256 source"
    assert list(BULLETINS)[:11] == head.split()
    head = "sighting_id office start_day end_day t_utc hulls ship_class country reference_place bearing distance_km"
    assert list(SIGHTINGS)[:17] == [*head.split(), "lat_deg", "lon_deg", "gate_id", "direction", "restated", "text_sha256"]
    frame = bulletin_frame([BULLETIN, replace(BULLETIN, window_start_utc=None, window_basis="end_only", flags=())])
    assert frame.schema == BULLETINS
    assert frame["flags"].to_list() == [["exceeded_by_a_part"], []] and frame["unit"].to_list() == ["sorties"] * 2
    assert frame["window_start_utc"].to_list() == [datetime(2026, 8, 6, 22, tzinfo=UTC), None]
    assert bulletin_frame([]).schema == BULLETINS and sighting_frame([]).schema == SIGHTINGS
    row = sighting_frame([SIGHTING]).row(0, named=True)
    assert row["hulls"] == ["799"] and row["distance_km"] == 80.0 and row["end_day"] is None
    assert set(WINDOW_BASES) == {"stated", "derived", "end_only"} and len(BEARINGS) == 8


def test_a_time_without_a_zone_is_an_error() -> None:
    naive = datetime(2026, 8, 7, 22)  # noqa: DTZ001
    for more in ({"window_end_utc": naive}, {"window_start_utc": naive}):
        with pytest.raises(NaiveTime):
            replace(BULLETIN, **more)
    with pytest.raises(NaiveTime):
        replace(SIGHTING, t_utc=naive)


@pytest.mark.parametrize(("one", "two"), list(permutations(Unit, 2)))
def test_unlike_units_never_add(one: Unit, two: Unit) -> None:
    days, incidents = Quantity(40, one), Quantity(34, two)
    with pytest.raises(UsageError, match="they count different things"):
        days + incidents
    assert bulletin_frame([replace(BULLETIN, unit=one), replace(BULLETIN, unit=two)])["unit"].n_unique() == 2


def test_a_window_told_twice_is_one_observation() -> None:
    day = date(2026, 8, 8)
    plain = replace(BULLETIN, flags=(), published_on=day)
    english = replace(plain, text_sha256="1" * 64)
    misprint = replace(
        plain, text_sha256="2" * 64, value=8, published_on=date(2026, 8, 9), flags=("window_not_of_publication_day",)
    )
    correction = replace(plain, text_sha256="3" * 64, value=15, published_on=date(2026, 8, 9))
    sectors = (
        replace(plain, metric="crossed_median_line", area="north"),
        replace(plain, metric="crossed_median_line", area="north;east"),
    )
    zones = [replace(plain, metric="days", area=f"{z}@jp") for z in ("a", "b")]

    def kept(*given: Bulletin) -> list[tuple[str, float, list[str]]]:
        frames = [observations(bulletin_frame(order)) for order in (given, given[::-1])]
        assert frames[0].equals(frames[1]) and frames[0].schema == BULLETINS
        return [(r["metric"], r["value"], r["flags"]) for r in frames[0].iter_rows(named=True)]

    assert kept(plain) == kept(plain, plain) == [("aircraft", 14, [])]
    assert kept(plain, english) == [("aircraft", 14, ["told_more_than_once"])]
    assert kept(plain, misprint) == [("aircraft", 14, ["told_differently"])]
    assert kept(plain, correction, misprint) == [("aircraft", 15, ["told_differently"])]
    assert kept(*sectors) == [("crossed_median_line", 14, ["told_more_than_once"])]
    assert kept(*zones) == [("days", 14, []), ("days", 14, [])]
    assert kept(replace(plain, unit=Unit.VESSELS), plain) == [("aircraft", 14, [])] * 2
    assert kept() == []


def test_a_frame_of_bulletins_sorts_by_window() -> None:
    later = replace(BULLETIN, window_end_utc=datetime(2026, 8, 8, 22, tzinfo=UTC))
    frame = bulletin_frame([later, BULLETIN]).sort("window_end_utc")
    assert frame["bulletin_id"].to_list() == [BULLETIN.bulletin_id, later.bulletin_id]
    assert frame.schema["window_end_utc"] == pl.Datetime("ms", "UTC")
