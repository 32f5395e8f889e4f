"""Fleets: by claims, by flag, everyone; and what a name alone would get wrong."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadFleet, MissingInput, UnknownName
from offing.model.fleet import Fleet, HullClaim, Membership, hull_key
from offing.zones.fleets import (
    EVERYONE,
    find_fleet,
    flag_fleet,
    flags,
    fleets_of,
    not_members_of,
    parse_fleets,
    read_fleets,
    write_fleet,
)
from offing.zones.pack import Pack


def test_fleets_of_the_pack(pack: Pack) -> None:
    assert {"any", "cn-coast-guard", "cn-government", "jp-coast-guard"} <= set(pack.fleets)
    guard, government = ({m.mmsi for m in pack.fleets[f].members} for f in ("cn-coast-guard", "cn-government"))
    assert guard < government and len(guard) == 12 and len(government) == 18
    for fleet in pack.fleets.values():
        assert fleet.names["en"] and all(c.source for c in fleet.claims)


def test_every_fact_about_a_number_is_a_claim(pack: Pack, shared_data: Path) -> None:
    with (shared_data / "facts/mmsi_facts.csv").open(encoding="utf-8", newline="") as file:
        facts = {int(r["mmsi"]): r["fact"] for r in csv.DictReader(file)}
    claimed = {m.mmsi for f in pack.fleets.values() for m in f.members}
    not_members = {n.mmsi for n in pack.not_members if n.mmsi is not None}
    assert not claimed & not_members
    for mmsi, fact in facts.items():
        assert (mmsi in not_members) == fact.startswith(("junk", "HAI JING")), mmsi
        assert (mmsi in claimed) != (mmsi in not_members), mmsi
    ours = {m for m in facts if m not in not_members}
    assert claimed - ours == {413482360, 413547290}  # the earlier number of 413875411, and one of facts/gov_fleet_hulls.csv
    assert all(n.reason and n.source for n in pack.not_members)


def test_dates_of_numbers_that_changed_hands(pack: Pack) -> None:
    by_mmsi = {m.mmsi: m for m in pack.fleets["cn-coast-guard"].members}
    days = {m: (by_mmsi[m].valid_from, by_mmsi[m].valid_to) for m in (413482360, 413875411, 766688888, 431875271, 413875010)}
    assert days == {
        413482360: (date(2015, 1, 1), date(2025, 5, 23)),
        413875411: (date(2025, 5, 23), None),
        766688888: (date(2024, 3, 1), date(2024, 3, 31)),
        431875271: (date(2024, 3, 1), date(2025, 5, 31)),
        413875010: (None, None),
    }


def test_flags() -> None:
    assert flag_fleet("cn").mids == (412, 413, 414)
    assert flag_fleet("CN") == flag_fleet("cn") and flag_fleet("CN").id == "flag-cn"
    assert (flag_fleet("tw").mids, flag_fleet("jp").mids, flag_fleet("hk").mids) == ((416,), (431, 432), (477,))
    mids = [m for _, found in flags().values() for m in found]
    assert len(mids) == len(set(mids)) > 280 and all(201 <= m <= 775 for m in mids)
    assert all(len(code) == 2 and code.islower() and name for code, (name, _) in flags().items())
    with pytest.raises(UnknownName):
        flag_fleet("xx")


def test_finding_a_fleet(pack: Pack) -> None:
    assert find_fleet("any", {}) is EVERYONE and EVERYONE.everyone
    assert find_fleet("flag-tw", pack.fleets).mids == (416,)
    assert find_fleet("cn-government", pack.fleets) is pack.fleets["cn-government"]
    with pytest.raises(UnknownName) as caught:
        find_fleet("cn-goverment", pack.fleets)
    assert "cn-government" in caught.value.hint


BAD = {
    "not toml": ("[[fleets", "not TOML"),
    "nothing": ("", "no fleet"),
    "no id": ("[[fleets]]\n[[fleets.members]]\nmmsi = 1", "`id` is missing"),
    "blank id": ("[[fleets]]\nid = ''\n[[fleets.members]]\nmmsi = 1", "not an id"),
    "spaces": ("[[fleets]]\nid = 'my fleet'\n[[fleets.members]]\nmmsi = 1", "not an id"),
    "any": ("[[fleets]]\nid = 'any'\n[[fleets.members]]\nmmsi = 1", "gives itself"),
    "flag": ("[[fleets]]\nid = 'flag-cn'\n[[fleets.members]]\nmmsi = 1", "gives itself"),
    "empty": ("[[fleets]]\nid = 'mine'", "no members"),
    "long number": ("[[fleets]]\nid = 'mine'\n[[fleets.members]]\nmmsi = 1234567890", "not an MMSI"),
    "boolean": ("[[fleets]]\nid = 'mine'\n[[fleets.members]]\nmmsi = true", "whole number"),
    "moment": ("[[fleets]]\nid = 'mine'\n[[fleets.members]]\nmmsi = 1\nvalid_from = 2024-01-01T00:00:00Z", "day like"),
    "twice": (
        "[[fleets]]\nid = 'a'\n[[fleets.members]]\nmmsi = 1\n[[fleets]]\nid = 'a'\n[[fleets.members]]\nmmsi = 1",
        "twice",
    ),
    "not tables": ("fleets = 3", "list of tables"),
    "a table": ("mmsi,name\n412000101,HAI XUN\n", "[[fleets.members]] with an mmsi each"),
    "GeoJSON": ('{"type": "FeatureCollection", "features": []}', "[[fleets]] with an id and a source"),
    "no source": ("[[fleets]]\nid = 'a'\n[[fleets.members]]\nmmsi = 412000101", "nothing says why 412000101 belongs"),
    "one without": (
        "[[fleets]]\nid = 'a'\n[[fleets.members]]\nmmsi = 1\nsource = 'x'\n[[fleets.members]]\nmmsi = 2\nsource = ' '",
        "nothing says why 2 belongs to it. Write `source`",
    ),
    "nobody": ("[[fleets]]\nid = 'a'\n[[fleets.members]]\nname = 'HAI XUN'", "`mmsi` is missing. Write the MMSI, or `hull`"),
    "a hull of hyphens": ("[[fleets]]\nid = 'a'\n[[fleets.members]]\nhull = ' - '", "`mmsi` is missing"),
    "a hull without source": (
        "[[fleets]]\nid = 'a'\n[[fleets.members]]\nhull = '14605'",
        "nothing says why hull 14605 belongs",
    ),
    "sure": ("[[fleets]]\nid = 'a'\n[[fleets.members]]\nmmsi = 1\nconfidence = 'sure'", "confidence"),
}


@pytest.mark.parametrize("text, says", BAD.values(), ids=BAD.keys())
def test_a_fleet_file_that_does_not_fit(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFleet) as caught:
        read_fleets(path)
    assert says in str(caught.value) and "fleet.toml" in str(caught.value)


def test_a_fleet_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(MissingInput):
            read_fleets(path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(BadFleet, match="UTF-8"):
        read_fleets(tmp_path / "latin.toml")


def test_the_source_of_a_fleet_stands_for_its_members() -> None:
    members = (
        "[[fleets.members]]\nmmsi = 1\n[[fleets.members]]\nmmsi = 2\nsource = ''\n[[fleets.members]]\nmmsi = 3\nsource = 'b'"
    )
    (fleet,) = parse_fleets(f"[[fleets]]\nid = 'a'\nsource = 'a list'\n{members}", "x")
    assert [m.source for m in fleet.members] == ["a list", "a list", "b"]


def test_a_ship_without_an_mmsi_is_known_by_its_hull() -> None:
    by_number = "[[fleets.members]]\nmmsi = 413875010\nhull = '1401'\n"
    by_hull = "[[fleets.members]]\nhull = 'PP-3586'\nname = 'A'\nship_class = 'patrol boat'\nvalid_from = 2024-05-23\n"
    guard, other = parse_fleets(
        f"[[fleets]]\nid = 'a'\nsource = 's'\n{by_number}{by_hull}[[fleets]]\nid = 'b'\nsource = 's'\nincludes = 'a'", "x"
    )
    hull = HullClaim("PP-3586", "A", date(2024, 5, 23), None, "s", ship_class="patrol boat")
    assert guard.members == (Membership(413875010, source="s", hull="1401"),) and guard.hulls == (hull,)
    assert other.claims == guard.claims == (*guard.members, hull)
    assert guard.claims_of("PP3586") == guard.claims_of("pp 3586") == (hull,)
    assert guard.claims_of("1401") == guard.members and guard.claims_of("") == guard.claims_of("-") == ()
    assert guard.in_ais and EVERYONE.in_ais and flag_fleet("cn").in_ais
    (navy,) = parse_fleets(f"[[fleets]]\nid = 'navy'\nsource = 's'\n{by_hull}", "x")
    assert not navy.in_ais and navy.members == ()
    assert len({guard.hash, Fleet("a", members=guard.members).hash, Fleet("a", hulls=guard.hulls).hash}) == 3


def test_a_look_alike_may_have_a_name_alone() -> None:
    entry = {"reason": "a dredger", "source": "notes, 2026"}
    (found,) = not_members_of({"not_members": [entry | {"name": "XIN HAI XUN"}]}, "x")
    assert (found.mmsi, found.name, found.reason) == (None, "XIN HAI XUN", "a dredger")
    with pytest.raises(BadFleet, match="neither an `mmsi` nor a `name`"):
        not_members_of({"not_members": [entry]}, "x")


def test_a_fleet_without_sources_that_is_held_already_is_still_read() -> None:
    table = {"fleets": [{"id": "old", "members": [{"mmsi": 412000101}]}]}
    assert fleets_of(table, "ledger")["old"].members[0].source == ""


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
said = text.filter(str.strip)
days = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def dated(draw: st.DrawFn) -> tuple[date | None, date | None]:
    low, high = draw(days), draw(days)
    return (high, low) if low and high and high < low else (low, high)


confidence = st.sampled_from(["confirmed", "single source", "approximate"])
numbered = st.builds(
    lambda mmsi, name, spell, source, sure, hull, kind: Membership(mmsi, name, *spell, source, sure, hull, kind),
    st.integers(1, 999_999_999), text, dated(), said, confidence, text, text,
)  # fmt: skip
painted = st.builds(
    lambda hull, name, spell, source, sure, kind: HullClaim(hull, name, *spell, source, sure, kind),
    text.filter(hull_key), text, dated(), said, confidence, text,
)  # fmt: skip
about = st.fixed_dictionaries(
    {
        "kind": text,
        "claimants": st.lists(text, max_size=2).map(tuple),
        "legal_basis": text,
        "note": text,
        "confidence": confidence,
    }
)


@given(
    st.lists(numbered, max_size=3),
    st.lists(painted, min_size=1, max_size=3),
    st.dictionaries(text, text, max_size=3),
    about,
    dated(),
)
def test_a_written_fleet_reads_back(
    claims: list[Membership],
    hulls: list[HullClaim],
    names: dict[str, str],
    more: dict[str, object],
    spell: tuple[date | None, date | None],
) -> None:
    fleet = Fleet(
        "mine.1",
        names,
        tuple(claims),
        "a list",
        hulls=tuple(hulls),
        valid_from=spell[0],
        valid_to=spell[1],
        **more,  # type: ignore[arg-type]
    )
    (again,) = parse_fleets(write_fleet(fleet), "x")
    assert again == fleet and again.hash == fleet.hash
