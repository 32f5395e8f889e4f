"""Features and gates as they are read: every column, and what does not fit with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_pack import FEATURES, GATES

from offing.errors import BadZone
from offing.model.place import Feature, Gate
from offing.zones.places import FEATURE_COLUMNS, feature_claims, feature_of, gate_claims, gate_of


def features(folder: Path, text: str) -> list[Feature]:
    (folder / "features.csv").write_text(text, encoding="utf-8")
    return [feature_of(c) for c in feature_claims(folder)]


def gates(folder: Path, text: str) -> list[Gate]:
    (folder / "gates.toml").write_text(text, encoding="utf-8")
    return [gate_of(c) for c in gate_claims(folder)]


def test_a_folder_without_the_files_has_none(tmp_path: Path) -> None:
    assert feature_claims(tmp_path) == [] and gate_claims(tmp_path) == []


def test_a_feature_with_everything(tmp_path: Path) -> None:
    where, when = "-179.5,-9.25,9°15'S,250,group,A; B;;", "2001-02-03,2004-05-06"
    row = f"x,reef,aa; bb ;,X,エ,乂（繁）,乂（简）,{where},{when},a chart of 1910,approximate,mind"
    (x,) = features(tmp_path, ",".join(FEATURE_COLUMNS) + f"\n{row}\n")
    assert x == Feature(
        id="x",
        kind="reef",
        names={"en": "X", "ja": "エ", "zh-Hant": "乂（繁）", "zh-Hans": "乂（简）"},
        lon_deg=-179.5,
        lat_deg=-9.25,
        position_published="9°15'S",
        uncertainty_m=250.0,
        claimants=("aa", "bb"),
        group="group",
        aliases=("A", "B"),
        valid_from=date(2001, 2, 3),
        valid_to=date(2004, 5, 6),
        source="a chart of 1910",
        confidence="approximate",
        note="mind",
    )
    assert x.all_names == ("X", "エ", "乂（繁）", "乂（简）", "A", "B") and x.name("ja") == "エ" and x.name("ko") == "X"


def test_a_feature_without_a_position(tmp_path: Path) -> None:
    _, rock, _ = features(tmp_path, FEATURES)
    assert (rock.lon_deg, rock.lat_deg, rock.uncertainty_m, rock.aliases, rock.group) == (None, None, None, (), "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",122.05,", ",,", r"`lon_deg` and `lat_deg` are both given or both empty"),
        (",122.05,", ",181,", r"\(line 2\): `lon_deg` must be a number from -180 to 180, not '181'"),
        (",100,", ",-1,", r"`uncertainty_m` must be a number from 0 to 1e\+06, not '-1'"),
        ("island,island", "island,isle", r"features.csv, island \(line 2\): `kind` is 'isle', which is none of island, "),
        ("confirmed", "sure", r"`confidence` is 'sure'"),
        ("lon_deg", "lon", r"features.csv lacks the column 'lon_deg'"),
    ],
)
def test_features_that_do_not_fit(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadZone, match=says):
        features(tmp_path, FEATURES.replace(old, new, 1))


def test_a_gate(tmp_path: Path) -> None:
    (gate,) = gates(tmp_path, GATES)
    assert [line.tolist() for line in gate.lines] == [[[1213000000, 260000000], [1220000000, 260000000]]]
    assert (gate.id, gate.kind, gate.pacific_side, gate.ends) == ("narrow", "strait", "right", ("Aa", "Island"))
    assert (gate.water("left"), gate.water("right", "ja"), gate.name()) == ("North Water", "南水", "Narrow")
    assert (gate.aliases, gate.claimants, gate.legal_basis, gate.valid_from, str(gate.day_rule)) == (
        (),
        (),
        "",
        None,
        "UTC 00:00",
    )


def test_what_decides_a_passage_is_in_the_hash(tmp_path: Path) -> None:
    """Names and sources may be mended without a new history; lines, sides and dates may not."""
    (gate,) = gates(tmp_path, GATES)
    for old, new in (('en = "Narrow"', 'en = "Strait"'), ("2026", "2027"), ('"Aa"', '"A"')):
        assert gates(tmp_path, GATES.replace(old, new))[0].hash == gate.hash
    for old, new in (("121.3", "121.3000001"), ('side = "right"', 'side = "left"'), ("ends", "valid_from = 2020-01-01\nends")):
        assert gates(tmp_path, GATES.replace(old, new, 1))[0].hash != gate.hash


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[122.0, 26.0]", "[122.0]", "`lines` has a line that is no list of two or more points. A point is"),
        ("[122.0, 26.0]", "[122.0, inf]", "`lines` has a line that is no list"),
        ("[122.0, 26.0]", "[true, 26.0]", "`lines` has a line that is no list"),
        ("    [[121.3, 26.0], [122.0, 26.0]],\n", "", "`lines` must be a list of lines, each a list of points"),
        ("[[121.3, 26.0], [122.0, 26.0]]", "[121.3, 26.0]", r"\(line 4\): `lines` has a line that is no list"),
        ('side = "right"', 'side = "up"', r"gates.toml, gates narrow \(line 8\): `pacific_side` is 'up'"),
        ("[gates.left]", "[[gates.left]]", "`left` must be a table of language = name"),
        ('kind = "strait"\n', "", r"gates narrow \(line 1\): `kind` is missing"),
    ],
)
def test_gates_that_do_not_fit(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadZone, match=says):
        gates(tmp_path, GATES.replace(old, new, 1))
