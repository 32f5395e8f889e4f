"""The fleets of East Asia against the notes and press texts that they were taken from."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path

import pytest

import offing.regions
from offing.claims import read_toml
from offing.errors import BadFleet
from offing.model.fleet import Fleet, hull_key
from offing.zones.fleets import NotMember, fleets_of, not_members_of

FORCES = {
    "China Coast Guard": "cn-coast-guard",
    "China Maritime Safety Administration (海巡 Haixun)": "cn-maritime-safety",
    "China research/survey": "cn-research",
    "China fisheries enforcement (漁政)": "cn-fisheries-enforcement",
    "China marine surveillance (海監)": "cn-marine-surveillance",
    "China other official": "cn-other-official",
    "China offshore oil and gas (not official)": "cn-offshore-energy",
    "China PLA Navy (hull number as seen by Japan)": "cn-navy",
    "Taiwan Coast Guard Administration": "tw-coast-guard",
    "Taiwan research": "tw-research",
    "Japan Coast Guard": "jp-coast-guard",
}

ONLY_IN_TEST_DATA = {413875048, 413225690, 413366000}
"""Numbers that the notes know from another project's test data alone."""


@pytest.fixture(scope="module")
def path() -> Path:
    return offing.regions.installed()["east_asia"] / "fleets.toml"


@pytest.fixture(scope="module")
def fleets(path: Path) -> dict[str, Fleet]:
    return fleets_of(read_toml(path, BadFleet), path.name)


@pytest.fixture(scope="module")
def look_alikes(path: Path) -> tuple[NotMember, ...]:
    return not_members_of(read_toml(path, BadFleet), path.name)


@pytest.fixture(scope="module")
def facts(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "facts/gov_fleet_hulls.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_fleet_says_what_it_is(fleets: dict[str, Fleet]) -> None:
    assert set(fleets) == {*FORCES.values(), "cn-government", "ru-navy"}
    for fleet in fleets.values():
        assert fleet.kind and len(fleet.claimants) == 1 and fleet.id.startswith(fleet.claimants[0])
        assert set(fleet.names) == {"en", "ja", "zh-Hant", "zh-Hans"} and all(fleet.names.values())
        assert all(re.search(r"20\d\d", c.source) for c in (fleet, *fleet.claims)), fleet.id
        assert len({m.mmsi for m in fleet.members}) == len(fleet.members)
        hulls = [hull_key(h.hull) for h in fleet.hulls]
        assert len(set(hulls)) == len(hulls) and not set(hulls) & {hull_key(m.hull) for m in fleet.members}


def test_the_first_fleets_keep_their_numbers(fleets: dict[str, Fleet]) -> None:
    guard = {413875010, 413875017, 413875034, 413875036, 413875037, 413875040, 413875044, 413875054}
    guard |= {413482360, 413875411, 766688888, 431875271}
    assert {m.mmsi for m in fleets["cn-coast-guard"].members} == guard
    government = {m.mmsi for m in fleets["cn-government"].members}
    assert government - guard == {413294310, 413393570, 413269590, 413218280, 413701510, 413547290}
    assert {m.mmsi for m in fleets["jp-coast-guard"].members} == {431001410, 431004594, 431005736}


def test_the_government_is_no_navy_and_no_company(fleets: dict[str, Fleet]) -> None:
    government = {hull_key(c.hull) for c in fleets["cn-government"].claims}
    for other in ("cn-navy", "cn-offshore-energy"):
        assert not fleets[other].in_ais and not government & {hull_key(c.hull) for c in fleets[other].claims}
    for part in ("cn-coast-guard", "cn-maritime-safety", "cn-research", "cn-fisheries-enforcement", "cn-marine-surveillance"):
        assert set(fleets[part].claims) <= set(fleets["cn-government"].claims)


def test_each_fact_is_one_claim(fleets: dict[str, Fleet], facts: list[dict[str, str]]) -> None:
    seen = 0
    for row in facts:
        if row["force"] not in FORCES:
            continue
        fleet, name, number = fleets[FORCES[row["force"]]], row["name_or_hull"], row["mmsi"]
        seen += 1
        if number and int(number) not in ONLY_IN_TEST_DATA:
            assert [m.mmsi for m in fleet.members].count(int(number)) == 1, name
            continue
        claims = fleet.claims_of(name) or tuple(c for c in fleet.claims if hull_key(c.name) == hull_key(name))
        assert len(claims) == 1, name
    assert seen == 157


def test_a_number_from_test_data_is_claimed_by_nobody(fleets: dict[str, Fleet]) -> None:
    claimed = {m.mmsi for f in fleets.values() for m in f.members}
    assert not claimed & ONLY_IN_TEST_DATA


def test_look_alikes_belong_to_nobody(
    fleets: dict[str, Fleet], look_alikes: tuple[NotMember, ...], facts: list[dict[str, str]]
) -> None:
    names = {r["name_or_hull"] for r in facts if r["force"].startswith("NOT")}
    assert len(names) == 9 and names <= {n.name for n in look_alikes} | {str(n.mmsi) for n in look_alikes}
    claimed = {m.mmsi for f in fleets.values() for m in f.members}
    called = {hull_key(text) for f in fleets.values() for c in f.claims for text in (c.hull, c.name)} - {""}
    for n in look_alikes:
        assert n.reason and n.source and n.mmsi not in claimed and hull_key(n.name) not in called


def press_texts(shared_data: Path) -> list[str]:
    official = shared_data / "official"
    with (official / "twreporter/Japan_jp_data_cleaned.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {r["first_page_content"] for r in csv.DictReader(file)}
    recent = json.loads((official / "japan_joint_staff_2026_part1.json").read_text(encoding="utf-8"))
    texts |= {v["text"] for v in recent.values()}
    return [unicodedata.normalize("NFKC", re.sub(r"[-\s]", "", t)) for t in sorted(texts)]


def test_every_hull_number_of_the_press_texts_is_in_a_navy(fleets: dict[str, Fleet], shared_data: Path) -> None:
    texts = press_texts(shared_data)
    hulls = {
        h
        for t in texts
        for group in re.findall(r"\(艦番号(「\d+」(?:[、及び]*「\d+」)*)", t)
        for h in re.findall(r"\d+", group)
    }
    assert len(hulls) > 65
    for hull in hulls:
        assert len([f for f in ("cn-navy", "ru-navy") if fleets[f].claims_of(hull)]) == 1, hull
    known = {hull_key(c.hull) for f in ("cn-navy", "ru-navy") for c in fleets[f].claims}
    assert known <= hulls | {h for t in texts for h in re.findall(r"\((\d{2,3})\)", t)}


@pytest.mark.parametrize(
    ("hull", "ship_class"),
    [
        ("799", "ドンディアオ級情報収集艦"),
        ("133", "ルーヤンⅢ級ミサイル駆逐艦"),
        ("577", "ジャンカイⅡ級フリゲート"),
        ("903", "フチ級補給艦"),
    ],
)
def test_classes_as_the_office_writes_them(fleets: dict[str, Fleet], hull: str, ship_class: str) -> None:
    (claim,) = fleets["cn-navy"].claims_of(hull)
    assert claim.ship_class.endswith(f"({ship_class})") and claim.confidence == "confirmed"


def test_reported_entries_name_known_hulls(fleets: dict[str, Fleet]) -> None:
    """Entries round Kinmen, Dongyin, Wuqiu and Dongsha, March 2024 to January 2026 (Taiwan Coast Guard, in the press)."""
    reported = "14608 2202 2203 14604 14607 14509 14517 14606 14506 14502 14605 14609 14529 14603 14533 14513 3102 3103 3105"
    assert all(len(fleets["cn-coast-guard"].claims_of(hull)) == 1 for hull in reported.split())
    assert all(
        len(fleets["tw-coast-guard"].claims_of(h)) == 1 for h in ("PP3586", "PP-3571", "PP 10037", "PP-10039", "PP-10035")
    )
