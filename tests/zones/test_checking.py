"""The check of a region pack: one thing broken at a time, and the message names its file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_pack import FILES, write_pack

from offing.errors import BadZone, MissingInput
from offing.zones.checking import Problem, check_pack, report
from offing.zones.pack import load_pack
from offing.zones.schema import ENTRIES

LANGUAGES = ("en", "ja", "zh-Hant", "zh-Hans")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture
def broken(whole: Path, tmp_path: Path) -> Callable[..., list[Problem]]:
    """Checks a copy of the pack in which texts of one file were replaced, each once."""
    folder = shutil.copytree(whole, tmp_path / "small")

    def check(file: str, *changes: tuple[str, str]) -> list[Problem]:
        text = FILES[file]
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")
        found = check_pack(folder)
        (folder / file).write_text(FILES[file], encoding="utf-8")
        return found

    return check


def line_of(file: str, text: str) -> int:
    """The line on which a text first stands in a file of the whole pack."""
    before, found, _ = FILES[file].partition(text)
    assert found, text
    return before.count("\n") + 1


def said(problems: list[Problem]) -> list[tuple[str, int | None, str]]:
    return [(p.file, p.line, p.problem) for p in problems]


def test_a_whole_pack_has_no_problems(whole: Path) -> None:
    assert check_pack(whole) == []
    pack = load_pack(whole, include_unconfirmed=True)
    counts = {key: len(getattr(pack, key)) for key in ("zones", "gates", "features", "lines")}
    assert counts == {"zones": 4, "gates": 1, "features": 3, "lines": 2} and set(pack.fleets) == {"any", "boats"}
    confirmed = load_pack(whole)
    assert set(pack.zones) - set(confirmed.zones) == {"remembered@bb"}
    assert set(pack.features) - set(confirmed.features) == {"lost"}


ENTRY = {"zones.toml": "sea@aa", "gates.toml": "narrow", "lines.toml": "outer", "fleets.toml": "boats"}
SOURCES = {
    "zones.toml": 'source = "a notice of 2009"',
    "gates.toml": 'source = "nearest points of the coasts, 2026"',
    "lines.toml": 'source = "an aeronautical publication of 2013"',
    "fleets.toml": 'source = "a list of 2020"',
}


@pytest.mark.parametrize("file", ENTRY)
def test_each_entry_has_a_source_with_a_year(broken: Callable[..., list[Problem]], file: str) -> None:
    key = f"[[{ENTRIES[file][0]}]]"
    for gone in ("", 'source = ""\n', "source = []\n"):
        (problem,) = broken(file, (SOURCES[file] + "\n", gone))
        line = line_of(file, SOURCES[file] if gone else key)
        assert (problem.file, problem.line, problem.problem) == (file, line, "`source` is missing")
        assert problem.entry == f"{key.strip('[]')} {ENTRY[file]}" and "with a year" in problem.hint
    (problem,) = broken(file, (SOURCES[file], 'source = "a notice"'))
    assert said([problem]) == [(file, line_of(file, SOURCES[file]), "`source` names no year")]
    (problem,) = broken(file, (SOURCES[file], "source = 2009"))
    assert said([problem]) == [(file, line_of(file, SOURCES[file]), "`source` must be a text, not 2009")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", ENTRY)
def test_each_name_is_given_in_four_languages(broken: Callable[..., list[Problem]], file: str, language: str) -> None:
    (name,) = [row for row in FILES[file].splitlines() if row.startswith(f"{language} = ")][:1]
    table = f"[{ENTRIES[file][0]}.names]"
    (problem,) = broken(file, (f"{name}\n", ""))
    assert said([problem]) == [(file, line_of(file, table), f"`names` lacks {language}")]


def test_the_sides_of_a_gate_and_the_pack_have_names_in_each_language_too(broken: Callable[..., list[Problem]]) -> None:
    for side, row in (("left", 'ja = "北水"\n'), ("right", 'ja = "南水"\n')):
        (problem,) = broken("gates.toml", (row, ""))
        assert said([problem]) == [("gates.toml", line_of("gates.toml", f"[gates.{side}]"), f"`{side}` lacks ja")]
    (problem,) = broken("pack.toml", ('ja = "小海"\n', ""))
    assert said([problem]) == [("pack.toml", None, "`names` lacks ja")]


def test_names_that_are_missing_altogether(broken: Callable[..., list[Problem]]) -> None:
    block = FILES["zones.toml"].split("[zones.names]\n")[1].split("\n\n")[0]
    (problem,) = broken("zones.toml", (f"[zones.names]\n{block}\n", ""))
    assert said([problem]) == [("zones.toml", 2, "`names` is missing")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (("a chart of 1910,confirmed", ",confirmed"), "source"),
        (("Island / Dao,", ","), "name_en"),
        (("島,島嶼（繁）", ",島嶼（繁）"), "name_ja"),
        (("島嶼（繁）", ""), "name_zh_hant"),
        (("岛屿（简）", ""), "name_zh_hans"),
        (("island,island,aa", "island,,aa"), "kind"),
        (("1910,confirmed", "1910,"), "confidence"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_cells_of_a_feature_that_must_be_there(
    broken: Callable[..., list[Problem]], cells: tuple[str, str], column: str
) -> None:
    (problem,) = broken("features.csv", cells)
    assert said([problem]) == [("features.csv", 2, f"`{column}` is missing")] and problem.entry == "island"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("a chart of 1910", "a chart"), "`source` names no year"),
        (("122.05,26.05", "122.05,"), "`lon_deg` and `lat_deg` are both given or both empty"),
        (("122.05,26.05", "east,26.05"), "`lon_deg` must be a number, not 'east'"),
        (("122.05,26.05", "122.05,nan"), "`lat_deg` must be a number, not 'nan'"),
        (("122.05,26.05", "122.05,96"), "`lat_deg` must be a number from -90 to 90, not '96'"),
        (("island,island", "island,isle"), "`kind` is 'isle', which is none of "),
        (("Isle;Ilha,,", "Isle;Ilha,2020-13-01,"), "`valid_from` must be a day such as "),
        (("Isle;Ilha,,", "Isle;Ilha,2020-01-02,2020-01-01"), "`valid_to` 2020-01-01 is before"),
        (("1910,confirmed", "1910,sure"), "`confidence` is 'sure', which is none of confirmed, "),
        (("confirmed,\n", "confirmed,,,\n"), "the row has more cells than there are columns"),
    ],
)
def test_cells_of_a_feature_that_do_not_fit(broken: Callable[..., list[Problem]], cells: tuple[str, str], says: str) -> None:
    if "valid_to" in says:
        cells = (cells[0] + ",", cells[1] + ",")
    (problem,) = broken("features.csv", cells)
    assert (problem.file, problem.line) == ("features.csv", 2) and problem.problem.startswith(says), problem


def test_the_rows_and_columns_of_features(broken: Callable[..., list[Problem]]) -> None:
    (problem,) = broken("features.csv", ("rock,rock", "island,rock"))
    assert said([problem]) == [("features.csv", 3, "the id 'island' occurs twice")]
    (problem,) = broken("features.csv", ("uncertainty_m", "doubt_m"))
    assert said([problem]) == [("features.csv", None, "features.csv lacks the column 'uncertainty_m'")]
    found = broken("features.csv", ("confidence,note", "confidence,note,colour"))
    assert [p.problem for p in found] == ["`colour` is no key of such an entry"] * 3


BOX, EQUAL = '[[zones]]\nid = "box@bb"', 'a = "coast'


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "says"),
    [
        ("zones.toml", 'kind = "territorial_sea"', 'kind = "sea"', "kind =", "`kind` is 'sea', which is none of"),
        ("zones.toml", 'kind = "territorial_sea"', 'kind = ["eez"]', "kind =", "`kind` must be a text, not ['eez']"),
        ("zones.toml", 'claimants = ["aa"]', "claimants = [1]", "claimants", "`claimants` must be a list of texts, not [1]"),
        ("zones.toml", 'claimants = ["aa"]\n', "", "[[zones]]", "`claimants` is missing"),
        ("zones.toml", 'legal_basis = "a law of 1998"\n', "", "[[zones]]", "`legal_basis` is missing"),
        ("zones.toml", "reach_nm = [0, 12]", 'reach_nm = "12"', "reach_nm", "`reach_nm` must be a list of numbers, not '12'"),
        ("zones.toml", "reach_nm = [0, 12]\n", "", "baseline =", "`reach_nm` is missing"),
        ("zones.toml", 'baseline = "coast-aa"', 'baseline = "coast"', "baseline =", "`baseline` names the line 'coast', which"),
        ("zones.toml", "reach_m = 4000\n", "", "shore =", "`reach_m` is missing"),
        ("zones.toml", "reach_m = 4000", "reach_m = true", "reach_m = 4000", "`reach_m` must be a number, not True"),
        ("zones.toml", 'less = ["box@bb"]', 'less = ["box"]', "less =", "`less` names the zone 'box', which the pack lacks"),
        ("zones.toml", 'less = ["box@bb"]', 'less = [["box"], 3]', "less =", "`less` must be a list of texts, not [['box']"),
        ("zones.toml", 'less = ["box@bb"]', "within = 3", "less =", "`within` must be a text, not 3"),
        ("zones.toml", 'area = "box"', 'area = "bog"', "area =", "`area` names the area 'bog', which the pack lacks"),
        ("zones.toml", 'area = "box"\n', "", BOX, "it has no recipe, or several"),
        ("zones.toml", 'area = "box"', 'area = "box"\nshore = "island"\nreach_m = 3', BOX, "it has no recipe, or several"),
        ("zones.toml", 'Asia/Taipei 00:00"', 'Asia/Taipeh 00:00"', "day_rule", "`day_rule` must be a time zone and the hour"),
        ("zones.toml", "valid_from = 2009-11-18", 'valid_from = "18 Nov"', "valid_from", "`valid_from` must be a day such as"),
        ("zones.toml", 'confidence = "confirmed"', 'confidence = "sure"', "confidence", "`confidence` is 'sure', which is"),
        ("zones.toml", "includes =", "contains =", "includes", "`contains` is no key of such an entry"),
        ("zones.toml", "to_deg = 225, ", "", "", "`to_deg` is missing"),
        ("zones.toml", "{from_deg = 135", "{colour = 3, from_deg = 135", "", "`colour` is no key of such an entry"),
        ("zones.toml", '[zones.names]\nen = "Sea of Aa"', "[zones.names]\nen = 3", "[zones.names]", "`names` must be a table"),
        ("gates.toml", 'kind = "strait"', 'kind = "canal"', "kind", "`kind` is 'canal', which is none of strait, median_line"),
        ("gates.toml", "[121.3, 26.0], [122.0, 26.0]", "[121.3, 26.0]", "lines", "`lines` has a line that is no list of two"),
        ("gates.toml", "[121.3, 26.0]", "[121.3, 96.0]", "lines", "`lines` has a line that is no list of two"),
        ("gates.toml", "[121.3, 26.0]", "[nan, 26.0]", "lines", "`lines` has a line that is no list of two"),
        ("gates.toml", 'pacific_side = "right"', 'pacific_side = "east"', "pacific", "`pacific_side` is 'east', which"),
        ("lines.toml", 'kind = "adiz_limit"', 'kind = "limit"', "kind", "`kind` is 'limit', which is none of equidistance"),
        ("lines.toml", 'status = "in force"\n', "", "[[lines]]", "`status` is missing"),
        ("lines.toml", "lines = [[[123.0, 24.5], [123.0, 28.5]]]\n", "", "[[lines]]", "`lines` must be a list of lines"),
        ("lines.toml", 'a = "coast-aa"', 'a = "coast"', 'a = "c', "`a` names the line 'coast', which the pack lacks"),
        ("lines.toml", 'b = "island"\n', "", EQUAL, "`a` and `b` must name the shores on either side"),
        ("fleets.toml", "mmsi = 412000001", 'mmsi = "412000001"', "mmsi", "`mmsi` must be a whole number, not '412000001'"),
        ("fleets.toml", "mmsi = 412000001", "mmsi = 4120000011", "[[fleets.m", "4120000011 is not an MMSI"),
        ("fleets.toml", "mmsi = 412000001", "mmmsi = 412000001", "mmsi", "`mmmsi` is no key of such an entry"),
        ("fleets.toml", "valid_from = 2020-01-01", "valid_from = 2020", "valid_from", "`valid_from` must be a day such as"),
        ("fleets.toml", 'id = "boats"', 'id = "any"', "[[fleets]]", "'any' is a name that offing gives itself"),
        ("baselines.csv", "coast-aa,1,2,121.3", "coast-aa,1,2,east", "coast-aa,1,2", "`lon_deg` must be a number"),
        ("baselines.csv", "26.0,straight", "26.0,crooked", "coast-aa,1,2", "`segment` is 'crooked', which is none of"),
        ("areas.csv", "box,1,3", "box,1,7", "box,1,3", "point 7 of box part 1 is out of order"),
        ("pack.toml", 'version = "7"\n', "", "", "`version` is missing"),
        ("pack.toml", "frame = [118.0,", "frame = [128.0,", "", "`frame` [128.0, 24.0, 124.0, 29.0] is no box on the map"),
        ("pack.toml", 'version = "7"', 'version = "7"\nowner = "me"', "", "`owner` is no key of such an entry"),
    ],
)  # fmt: skip
def test_one_thing_that_does_not_fit(
    broken: Callable[..., list[Problem]], file: str, old: str, new: str, at: str, says: str
) -> None:
    (problem,) = broken(file, (old, new))
    assert problem.file == file and problem.problem.startswith(says), problem
    assert problem.line == (line_of(file, at) if at else None), problem


def test_a_file_that_is_no_toml(broken: Callable[..., list[Problem]]) -> None:
    for file in ENTRY:
        found = broken(file, ("[[", "["))
        assert any(p.file == file and p.line and "is not TOML" in p.problem for p in found), found


def test_an_id_that_occurs_twice(broken: Callable[..., list[Problem]]) -> None:
    line = line_of("zones.toml", 'id = "near@aa"')
    found = broken("zones.toml", ('id = "near@aa"', 'id = "sea@aa"'))
    assert ("zones.toml", line, "the id 'sea@aa' occurs twice") in said(found)


def test_several_problems_are_all_told_once_and_in_order(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "torn")
    for file, old, new in (
        ("zones.toml", 'claimants = ["aa"]\n', 'sort = "x"\n'),
        ("zones.toml", 'ja = "箱"\n', ""),
        ("gates.toml", 'source = "nearest', 'sauce = "nearest'),
        ("features.csv", "a chart of 1910,single source", ",certain"),
        ("fleets.toml", "a list of 2020", "a list"),
        ("areas.csv", "122.03,straight", "122.03,bent"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = check_pack(folder)
    names = line_of("zones.toml", '[zones.names]\nen = "Box"')
    assert said(found) == [
        ("areas.csv", 3, "`segment` is 'bent', which is none of straight, loxodrome, geodesic"),
        (
            "features.csv",
            3,
            "`confidence` is 'certain', which is none of confirmed, single source, approximate, recalled, user",
        ),
        ("features.csv", 3, "`source` is missing"),
        ("fleets.toml", 5, "`source` names no year"),
        ("gates.toml", 1, "`source` is missing"),
        ("gates.toml", 9, "`sauce` is no key of such an entry"),
        ("zones.toml", 2, "`claimants` is missing"),
        ("zones.toml", 5, "`sort` is no key of such an entry"),
        ("zones.toml", names, "`names` lacks ja"),
    ]
    assert all(row["hint"] for row in report(found) if "missing" in str(row["problem"]))


def test_a_cable_or_an_area_of_ones_own_needs_no_claimant(broken: Callable[..., list[Problem]]) -> None:
    kind, whose, law = 'kind = "exercise_area"', 'claimants = ["bb"]\narea', 'legal_basis = "a notice to mariners"\n'
    for other in ("cable_corridor", "custom"):
        (problem,) = broken("zones.toml", (kind, f'kind = "{other}"'), (whose, "area"), (law, ""))
        assert "box@bb has hash" in problem.problem, "it is built as another kind, and that is all"
    assert len(broken("zones.toml", (whose, "area"), (law, ""))) == 2


def test_built_files_that_do_not_belong_to_the_claims(whole: Path, tmp_path: Path) -> None:
    for n, (file, says) in enumerate(
        [("zones.parquet", "is no file of built zones"), ("lines.parquet", "is no file of built lines")]
    ):
        folder = shutil.copytree(whole, tmp_path / str(n))
        (folder / file).write_bytes(b"nothing")
        (problem,) = check_pack(folder)
        assert problem.file == file and says in problem.problem and "offing regions build" in problem.hint
        (folder / file).unlink()
        (problem,) = check_pack(folder)
        assert problem.file == file and "is not there" in problem.problem
        shutil.copy(whole / "zones.parquet", folder / file)  # rows of another kind
        if file == "lines.parquet":
            (problem,) = check_pack(folder)
            assert (problem.file, "offing regions build" in problem.hint) == (file, True)


def test_a_claim_that_changed_after_it_was_built(broken: Callable[..., list[Problem]]) -> None:
    (problem,) = broken("zones.toml", ("valid_from = 2009-11-18", "valid_from = 2009-11-19"))
    assert problem.file == "zones.parquet" and "sea@aa has hash" in problem.problem
    (problem,) = broken("lines.toml", ("[[123.0, 24.5]", "[[123.0, 24.6]"))
    assert problem.file == "lines.parquet" and "outer has hash" in problem.problem


@pytest.mark.parametrize("file", ["zones.toml", "fleets.toml"])
def test_a_file_that_is_missing(whole: Path, tmp_path: Path, file: str) -> None:
    folder = shutil.copytree(whole, tmp_path / "small")
    (folder / file).unlink()
    found = check_pack(folder)
    assert {p.file for p in found} == {file} and "is not there" in found[0].problem


def test_what_need_not_be_there(tmp_path: Path, whole: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "small")
    for file in ("gates.toml", "lines.toml", "lines.parquet", "features.csv"):
        (folder / file).unlink()
    assert check_pack(folder) == []
    pack = load_pack(folder)
    assert not pack.gates and not pack.lines and not pack.features and pack.zones


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"pack\.toml is not there"):
        check_pack(tmp_path)
    for text in ("format = 1\n[[", 'format = "2"\n', "format = 99\n"):
        (tmp_path / "pack.toml").write_text(text)
        with pytest.raises(BadZone, match=r"pack\.toml"):
            check_pack(tmp_path)


def test_the_pack_that_ships_with_offing_is_whole(folder: Path) -> None:
    assert check_pack(folder) == []
