"""The waters of a logbook: the region pack's zones and fleets, and beside them the user's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_worlds import BOX, FLEET, SHIP, instant, square, write_zones

from offing.errors import BadFleet, BadZone, LogbookError, MissingInput, UnknownName
from offing.pipeline.waters import add_fleets, add_zones, inside_of, load, pack_of
from offing.store import Store

CZ = "taiwan-contiguous-zone@tw"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "logbook", "east_asia")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return write_zones(tmp_path / "box.geojson", box__me=square(10, 0, 11, 1))


def test_a_new_logbook_has_the_waters_of_its_pack(store: Store) -> None:
    waters = load(store)
    assert waters.zones == pack_of("east_asia").zones and CZ in waters.zones
    assert {"cn-coast-guard", "cn-government"} <= set(waters.fleets)
    assert [z.id for z in waters.zone_list] == sorted(waters.zones)
    assert waters.zone(CZ).id == CZ and waters.fleet("any").everyone


def test_zones_of_the_user_stand_beside_them(store: Store, box: Path) -> None:
    (added,) = add_zones(store, box)
    waters = load(store)
    assert waters.zone(BOX).hash == added.hash and len(waters.zones) == len(waters.pack.zones) + 1
    assert [z.id for z in waters.several([CZ, BOX, CZ])] == [BOX, CZ]
    lon_e7, lat_e7 = (np.array(v, np.int32) for v in ((105_000_000, 120_000_000), (5_000_000, 5_000_000)))
    assert inside_of([waters.zone(BOX)], lon_e7, lat_e7).tolist() == [True, False]


def test_a_zone_is_replaced_by_its_id_and_what_was_is_remembered(store: Store, box: Path, tmp_path: Path) -> None:
    (first,) = add_zones(store, box)
    before = instant()
    add_zones(store, box)
    assert len(store.ledger.zones()) == 1, "the same again changes nothing"
    (second,) = add_zones(store, write_zones(tmp_path / "other.geojson", box__me=square(10, 0, 12, 1)))
    assert load(store).zone(BOX).hash == second.hash != first.hash
    assert load(store, before).zone(BOX).hash == first.hash
    assert load(store, 0).zone(BOX).hash == second.hash, "before it was there, it is what it is now"


def test_what_the_pack_names_is_not_replaced(store: Store, tmp_path: Path) -> None:
    both = write_zones(tmp_path / "z.geojson", **{"box__me": square(10, 0, 11, 1), CZ.replace("@", "__"): square(0, 0, 1, 1)})
    with pytest.raises(BadZone, match="belongs to the region pack east_asia"):
        add_zones(store, both)
    assert store.ledger.zones() == [], "all or none"
    (tmp_path / "f.toml").write_text(FLEET.replace('"own"', '"cn-government"'))
    with pytest.raises(BadFleet, match="belongs to the region pack east_asia"):
        add_fleets(store, tmp_path / "f.toml")
    assert store.ledger.fleets() == []


def test_fleets_of_the_user(store: Store, tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text(FLEET)
    (added,) = add_fleets(store, tmp_path / "f.toml")
    assert load(store).fleet("own").hash == added.hash
    assert SHIP in {m.mmsi for m in load(store).fleet("own").members}
    before = instant()
    (tmp_path / "f.toml").write_text(FLEET.replace(str(SHIP), "412009999"))
    add_fleets(store, tmp_path / "f.toml")
    assert SHIP not in {m.mmsi for m in load(store).fleet("own").members}
    assert load(store, before).fleet("own").hash == added.hash


def test_two_fleets_of_one_file_are_kept_apart(store: Store, tmp_path: Path) -> None:
    second = FLEET.replace('"own"', '"all"').replace('source = "made', 'includes = ["own"]\nsource = "made')
    (tmp_path / "f.toml").write_text(FLEET + second.replace("412000001", "412000003"))
    assert [f.id for f in add_fleets(store, tmp_path / "f.toml")] == ["own", "all"]
    fleets = load(store).fleets
    assert {m.mmsi for m in fleets["own"].members} < {m.mmsi for m in fleets["all"].members}


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda w: w.zone("taiwan-contiguous-zone"), "taiwan-contiguous-zone@tw"),
        (lambda w: w.several([CZ, "nowhere"]), "nowhere"),
        (lambda w: w.fleet("cn-goverment"), "cn-government"),
        (lambda w: w.fleet("flag-qq"), "qq"),
    ],
)
def test_unknown_names_come_with_the_nearest_known_one(store: Store, ask: object, says: str) -> None:
    with pytest.raises(UnknownName, match=says):
        ask(load(store))  # type: ignore[operator]


def test_files_that_are_no_zones_or_fleets(store: Store, tmp_path: Path) -> None:
    (tmp_path / "z.geojson").write_text("{")
    (tmp_path / "f.toml").write_text("[[fleets]\n")
    for add, name, error in (
        (add_zones, "z.geojson", BadZone),
        (add_zones, "none.geojson", MissingInput),
        (add_fleets, "f.toml", BadFleet),
        (add_fleets, "none.toml", MissingInput),
    ):
        with pytest.raises(error, match=name):
            add(store, tmp_path / name)


def test_an_unknown_region_is_named(store: Store) -> None:
    with pytest.raises(UnknownName, match="east_asia"):
        pack_of("west_asia")
    settings = store.root / "offing.toml"
    settings.write_text(settings.read_text().replace("east_asia", "west_asia"))
    with pytest.raises(UnknownName, match="west_asia"):
        load(store)
    settings.write_text("")
    with pytest.raises(LogbookError, match="names no region"):
        load(store)
