"""The official record from the command line: every command in every form, the promised fields, exit statuses, bad input."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import polars as pl
import pytest
from in_process import Cli, Said

JP, FLEET = "senkaku-diaoyu-contiguous-zone@jp", "cn-government"
OF = ("--zone", JP, "--fleet", FLEET)
NOTICE = "{n} PLA aircraft and 9 PLAN vessels operating around Taiwan were detected up until 6 a.m. (UTC+8) today."
KINMEN = (
    "At 3 p.m. Tuesday, China Coast Guard vessels 14605 and 14529 sailed into the restricted waters off Kinmen County. "
    "They left the area at 5 p.m."
)
PRESS = (
    "（お知らせ） 令和８年３月５日 統合幕僚監部 中国海軍艦艇の動向について "
    "３月３日（火）午前６時頃、海上自衛隊は、宮古島（沖縄県）の北西約９０ｋｍの海域において、南東進する"
    "中国海軍ルーヤンⅢ級ミサイル駆逐艦１隻（艦番号「１３３」）を確認した。"
    "その後、当該艦艇が沖縄本島と宮古島（沖縄県）との間の海域を南東進し、太平洋へ向けて航行したことを確認した。"
)
INCIDENT = '[[incidents]]\nid = "mine"\nkind = "collision"\nstart = 2025-01-01T00:00:00Z\nsources = ["a log, 2025"]\n'
STATEMENT = (
    "---\ndate: '2027-01-02'\ntitle: Joint statement\n---\n\nPeace and stability across the Taiwan Strait is indispensable.\n"
)
COMMANDS = {
    "bulletins": ("bulletins", "--office", "tw-mnd", "--since", "2027-01-01"),
    "bulletins of a metric": ("bulletins", "--metric", "days"),
    "rejects": ("bulletins", "rejects"),
    "sightings": ("sightings",),
    "sightings of a gate": ("sightings", "--gate", "miyako", "--hull", "133"),
    "sightings as passages": ("sightings", "--as", "passages"),
    "sightings as visits": ("sightings", "--as", "visits", "--office", "tw-cga"),
    "incidents": ("incidents",),
    "statements": ("statements", "--party", "jp", "--class", "importance"),
    "statements diff": ("statements", "diff", "jp-us-leaders"),
    "statements runs": ("statements", "runs"),
    "statements first": ("statements", "first"),
    "series": ("series",),
    "trend by month": ("trend", "tw-mnd:aircraft"),
    "trend by year": ("trend", "jcg:days:" + JP, "--by", "year"),
    "change points": ("trend", "tw-mnd:naval_ships", "--change-points"),
    "since when": ("trend", "tw-mnd:aircraft", "--since-when", "--since", "2024-10-01", "--until", "2024-10-31"),
    "streaks of a series": ("streaks", "--series", "tw-mnd:naval_ships", "--as-of", "2025-01-01"),
    "records of a series": ("records", "--series", "tw-mnd:aircraft"),
    "reconcile": ("reconcile", *OF, "--office", "jcg", "--since", "2024-07-20", "--until", "2024-07-25"),
    "reconcile totals": ("reconcile", *OF, "--since", "2024-07-20", "--until", "2024-07-25", "--totals"),
    "encirclement": ("encirclement", "--day", "2024-10-14", "--fleet", FLEET),
}
KEYS = {
    "bulletins": "bulletin_id office window_start_utc window_end_utc window_basis metric unit value area text_sha256 source",
    "sightings": "sighting_id office start_day end_day t_utc hulls ship_class country reference_place bearing distance_km "
    "lat_deg lon_deg gate_id direction restated text_sha256",
    "statements": "statement_id day title parties forum names_taiwan_strait formula_class quote",
    "series": "series unit office first_day last_day days",
    "records of a series": "series record_kind value unit start_day end_day previous",
    "streaks of a series": "figure_id start_day end_day days_unbroken days_observed days_span is_running series",
    "reconcile": "day office ais_ships office_value unit difference explanation because",
    "reconcile totals": "office office_days ais_days office_ship_days ais_ship_days ais_off no_coverage definition "
    "day_boundary unit unexplained",
    "encirclement": "bearing_deg occupied",
    "trend by month": "series period unit total like_for_like warnings",
    "sightings as passages": "office gate_id hull direction start_day",
    "sightings as visits": "office zone_id hull entry_t_utc exit_t_utc",
}


def write(path: Path, office: str, day: str, words: str) -> Path:
    path.write_text(f"office: {office}\npublished: {day}\nsource: made up\n\n{words}\n", encoding="utf-8")
    return path


def is_a_sentence(said: Said, *words: str) -> None:
    """Exit status 2, nothing on the result's stream, and on the other what is wrong."""
    assert said.status == 2 and not said.out.strip(), said
    assert said.err.strip() and "Traceback" not in said.err and "should not be" not in said.err, said.err
    assert all(w in said.err for w in words), said.err


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logbook with one of each, made by commands; tests only read it."""
    from in_process import offing

    home = tmp_path_factory.mktemp("record")
    (home / "i.toml").write_text(INCIDENT)
    (home / "s.md").write_text(STATEMENT)
    texts = [
        write(home / "a.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26) + " The sea was rough, perhaps."),
        write(home / "b.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=27)),
        write(home / "c.txt", "tw-cga", "2025-07-30", KINMEN),
        write(home / "d.txt", "jp-joint-staff", "2026-03-05", PRESS),
    ]
    for words in (
        ("init",),
        ("bulletins", "add", *texts),
        ("incidents", "add", home / "i.toml"),
        ("statements", "add", home / "s.md"),
    ):
        said = offing("--logbook", home / "book", *words)
        assert said.status == 0, said
    return home


@pytest.fixture
def ask(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    from in_process import offing

    monkeypatch.chdir(folder)
    monkeypatch.setenv("OFFING_LOGBOOK", str(folder / "book"))
    return offing


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_every_command_in_every_form(ask: Cli, words: tuple[str, ...]) -> None:
    forms = {form: ask(*words, "--format", form) for form in ("table", "json", "csv", "parquet")}
    assert {said.status for said in forms.values()} == {0}, {f: s.err for f, s in forms.items()}
    rows = forms["json"].rows
    assert rows and forms["table"].text.strip()
    from_csv = list(csv.DictReader(io.StringIO(forms["csv"].text)))
    from_parquet = pl.read_parquet(io.BytesIO(forms["parquet"].out))
    assert len(rows) == len(from_csv) == from_parquet.height
    assert list(rows[0]) == list(from_csv[0]) == from_parquet.columns


@pytest.mark.parametrize("name", KEYS)
def test_the_promised_fields(ask: Cli, name: str) -> None:
    for row in ask(*COMMANDS[name], "--format", "json").rows:
        assert set(KEYS[name].split()) <= set(row)
        for key, value in row.items():
            if key.endswith("_utc") and value is not None:
                assert value.endswith("Z")
            if (key == "day" or key.endswith("_day")) and value is not None:
                assert len(value) == 10


def test_bulletins_and_their_versions(ask: Cli) -> None:
    rows = [r for r in ask(*COMMANDS["bulletins"], "--format", "json").rows if r["metric"] == "aircraft"]
    assert [(r["value"], r["unit"], r["is_current"]) for r in rows] == [(26.0, "sorties", False), (27.0, "sorties", True)]
    assert {(r["window_start_utc"], r["window_end_utc"]) for r in rows} == {("2027-09-13T22:00:00Z", "2027-09-14T22:00:00Z")}
    until = ask("bulletins", "--office", "tw-mnd", "--since", "2027-01-01", "--until", "2027-09-13", "--format", "json").rows
    assert until == []


def test_sightings_are_one_row_a_hull_and_leg(ask: Cli) -> None:
    (row,) = ask(*COMMANDS["sightings of a gate"], "--format", "json").rows
    assert (row["hulls"], row["gate_id"], row["direction"], row["restated"]) == (["133"], "miyako", "SE", False)
    visits = ask(*COMMANDS["sightings as visits"], "--format", "json").rows
    assert [(v["hull"], v["entry_t_utc"], v["exit_t_utc"]) for v in visits] == [
        (h, "2025-07-29T07:00:00Z", "2025-07-29T09:00:00Z") for h in ("14529", "14605")
    ]
    assert ask("sightings", "--since", "2026-03-04", "--format", "json").rows == []


def test_adding_says_what_came_of_it_and_every_sentence_that_was_not_understood(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    path = write(tmp_path / "a.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26) + " The sea was rough, perhaps.")
    said = cli("bulletins", "add", path)
    assert said.status == 0 and said.text == "Added 1 text: 2 bulletins, 0 sightings; 1 reject.\n"
    assert "reject: a.txt" in said.err and "The sea was rough, perhaps." in said.err
    again = cli("bulletins", "add", path)
    assert "Added 0 texts" in again.text and "there already" in again.text
    none = cli("bulletins", "add", write(tmp_path / "n.txt", "tw-mnd", "2027-09-16", "Many aircraft were about."))
    is_a_sentence(none, "Nothing was added", "Many aircraft were about.")


def test_one_or_many_files_in_folders_and_forms(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    many = tmp_path / "many"
    many.mkdir()
    (many / "a.json").write_text(json.dumps({"one": {"url": "https://one", "text": PRESS}}))
    (many / "b.html").write_text(f"<html><body><p>{PRESS.replace('１３３', '１０１')}</p></body></html>", encoding="utf-8")
    said = cli("bulletins", "add", many, "--office", "jp-joint-staff")
    assert said.status == 0 and "Added 2 texts" in said.text, said
    rows = cli("sightings", "--as", "passages", "--format", "json").rows
    assert [(r["hull"], r["gate_id"]) for r in rows] == [("101", "miyako"), ("133", "miyako")] and rows[1]["sources"] == [
        "https://one"
    ]


CHECKS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "holds": (("152 consecutive days", *OF, "--as-of", "2021-07-14"), 0, "holds, by jcg"),
    "does not hold": (
        ("152 consecutive days", *OF, "--as-of", "2021-07-31"),
        1,
        "157 days long, from 2021-02-13 to 2021-07-19",
    ),
    "cannot be known": (("40 consecutive days", *OF, "--as-of", "2016-05-01"), 3, "cannot be known"),
    "a series": (
        ("153 sorties on 2024-10-14", "--series", "tw-mnd:aircraft", "--as-of", "2024-10-15"),
        0,
        "offing why day::any:",
    ),
    "a year": (("332 days in 2021", "--series", f"jcg:days:{JP}", "--as-of", "2021-12-31"), 0, "332 calendar days"),
    "one source": (("152 consecutive days", *OF, "--as-of", "2021-07-14", "--source", "ais"), 3, "cannot be known"),
}


@pytest.mark.parametrize(("words", "status", "says"), CHECKS.values(), ids=CHECKS)
def test_a_claim_and_its_exit_status(ask: Cli, words: tuple[str, ...], status: int, says: str) -> None:
    said = ask("check", *words)
    assert said.status == status and says in said.text, said
    rows = ask("check", *words, "--format", "json")
    assert rows.status == status and all({"verdict", "source", "nearest_true", "decided_by"} <= set(r) for r in rows.rows)


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no claim": (("check", "lots of days", *OF, "--as-of", "2021-07-14"), "no claim that can be checked"),
    "no day": (("check", "3 consecutive days", *OF, "--as-of", "someday"), "someday"),
    "nothing asked": (("check", "3 consecutive days", "--as-of", "2021-07-14"), "--series"),
    "zones of another": (
        ("check", "3 consecutive days", "--series", "tw-mnd:aircraft", *OF, "--as-of", "2021-07-14"),
        "does not count",
    ),
    "another unit": (
        ("check", "153 ships on 2024-10-14", "--series", "tw-mnd:aircraft", "--as-of", "2024-10-15"),
        "counts sorties",
    ),
    "ship days": (
        ("check", "300 days in 2023", "--series", f"jcg:ships:{JP}", "--as-of", "2023-12-31"),
        "counts ship days, not days",
    ),
    "source nobody": (("check", "3 consecutive days", *OF, "--as-of", "2021-07-14", "--source", "nobody"), "nobody"),
    "office": (("bulletins", "--office", "nobody"), "nobody"),
    "gate": (("sightings", "--gate", "nowhere"), "nowhere"),
    "class": (("statements", "--class", "loud"), "loud"),
    "forum": (("statements", "diff", "nobody"), "nobody"),
    "series": (("trend", "tw-mnd:dragons"), "offing series"),
    "ais series": (("trend", "ais:nowhere"), "ais:ZONE:FLEET"),
    "series of years": (("streaks", "--series", f"jcg:days:{JP}"), "longer windows"),
    "series and zones": (("streaks", "--series", "tw-mnd:aircraft", *OF), "Leave out"),
    "series and day rule": (("records", "--series", "tw-mnd:aircraft", "--day-rule", "UTC"), "Leave out"),
    "reconcile": (("reconcile", *OF, "--office", "tw-mnd"), "stands beside AIS"),
    "day": (("encirclement", "--day", "2024-13-01"), "2024-13-01"),
    "last day": (("encirclement", "--day", "9999-12-31"), "end of the calendar"),
    "fleet": (("encirclement", "--day", "2024-10-14", "--fleet", "nobody"), "nobody"),
    "feature": (("encirclement", "--day", "2024-10-14", "--around", "atlantis"), "atlantis"),
    "reach": (("encirclement", "--day", "2024-10-14", "--reach-nm", "-3"), "reach_nm"),
    "picture": (("encirclement", "--day", "2024-10-14", "--picture", "rose.gif"), ".svg"),
    "no reason": (("bulletins", "retract", "a.txt", "--reason", ""), "--reason"),
    "no text": (("bulletins", "retract", "nothing.txt", "--reason", "x"), "nothing.txt"),
    "why": (("why", "day::any:tw-mnd%3Aaircraft:1999-01-01"), "1999-01-01"),
}


@pytest.mark.parametrize(("words", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_in_a_sentence(ask: Cli, words: tuple[str, ...], says: str) -> None:
    is_a_sentence(ask(*words), says)


def test_without_a_logbook_the_pack_answers(cli: Cli) -> None:
    assert max(r["value"] for r in cli("records", "--series", "tw-mnd:aircraft", "--format", "json").rows) >= 153
    assert cli("check", "152 consecutive days", *OF, "--as-of", "2021-07-14").status == 0
    assert cli("incidents", "--format", "json").rows and cli("series", "--format", "json").rows
    is_a_sentence(cli("bulletins", "add", "x.txt"), "offing init")


def test_a_text_is_taken_back(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    cli("bulletins", "add", write(tmp_path / "a.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26)))
    (tmp_path / "i.toml").write_text(INCIDENT)
    (tmp_path / "s.md").write_text(STATEMENT)
    cli("incidents", "add", tmp_path / "i.toml")
    cli("statements", "add", tmp_path / "s.md")
    for kind, name in (("bulletins", "a.txt"), ("incidents", "i.toml"), ("statements", "s.md")):
        said = cli(kind, "retract", name, "--reason", "a hoax")
        assert said.status == 0 and name in said.text and "a hoax" in said.text, said
        assert not [r for r in cli(kind, "--format", "json").rows if r["origin"] == "text"]


def test_the_words_on_the_strait_change_readably(ask: Cli) -> None:
    said = ask("statements", "diff", "jp-us-leaders").text
    assert "2021-04-16 -> " in said and "{+" in said and "[-" in said


def test_a_picture_of_the_bearings(ask: Cli, tmp_path: Path) -> None:
    said = ask("encirclement", "--day", "2024-10-14", "--fleet", FLEET, "--picture", tmp_path / "rose.svg")
    assert said.status == 0 and (tmp_path / "rose.svg").read_text(encoding="utf-8").startswith("<svg")


# -- files that nobody can read

NOISE = random.Random(1).randbytes(5000)
HOSTILE: dict[str, bytes] = {
    "empty.txt": b"",
    "blank.txt": b"\n\n\n",
    "noise.bin": NOISE,
    "noise.txt": NOISE,
    "noise.toml": NOISE,
    "noise.md": NOISE,
    "zeros.txt": bytes(5000),
    "sjis.txt": "統合幕僚監部 中国海軍艦艇".encode("shift-jis"),
    "big5.txt": "office: tw-mnd\n\n偵獲共機17架次".encode("big5"),
    "latin.txt": b"office: tw-mnd\n\n\xe9\xe8",
    "deep.json": b"[" * 100_000 + b"]" * 100_000,
    "objects.json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "numbers.json": b"[1, 2, 3]",
    "types.json": b'{"a": {"url": 5, "text": ["x"]}, "b": null}',
    "nan.json": b'{"a": {"url": "u", "text": NaN}}',
    "long.json": b'{"a": {"url": "u", "text": ' + b"9" * 6000 + b"}}",
    "cut.json": b'{"a": {"url": "u", "te',
    "half.json": b'{"a": {"url": "u", "text": "\\ud800 26 PLA aircraft"}}',
    "huge.json": json.dumps({f"n{i}": {"url": "u", "text": "Many aircraft were about. "} for i in range(2000)}).encode(),
    "wide.csv": b'office,published,source,text\ntw-mnd,2027-01-01,s,"' + b"x" * 200_000 + b'"\n',
    "ragged.csv": b"a,b\n1,2,3,4\n",
    "quote.csv": b'office,text\n"tw-mnd,abc\n',
    "nul.csv": b"office,text\n\x00,\x00\n",
    "deep.html": b"<div>" * 5000 + b"26 PLA aircraft",
    "page.pdf": b"%PDF-1.4 \xff\xfe",
    "day.txt": b"office: tw-mnd\npublished: 2027-99-99\nsource: t\n\n26 PLA aircraft.\n",
    "first.txt": b"office: tw-mnd\npublished: 0001-01-01\nsource: t\n\n" + NOTICE.format(n=2).encode(),
    "deep.toml": b"a = " + b"[" * 20_000 + b"]" * 20_000,
    "yaml.md": b"---\ndate: [[[\n---\n\nx",
}


@pytest.mark.parametrize("kind", ["bulletins", "incidents", "statements"])
def test_hostile_files_give_a_sentence_and_change_nothing(cli: Cli, tmp_path: Path, kind: str) -> None:
    cli("init")
    (tmp_path / "bad").mkdir()
    options = ("--office", "tw-mnd") if kind == "bulletins" else ()
    before = cli(kind, "--format", "json").out
    for name, content in HOSTILE.items():
        path = tmp_path / "bad" / name
        path.write_bytes(content)
        said = cli(kind, "add", path, *options)
        assert "Traceback" not in said.err and "should not be" not in said.err, (name, said.err[-400:])
        if kind == "statements" and said.status == 0:  # a text with a date is a statement, whatever else it is
            assert name in ("first.txt",), (name, said)
            continue
        is_a_sentence(said)
    for nothing in (tmp_path / "nowhere.txt", tmp_path / "none"):
        (tmp_path / "none").mkdir(exist_ok=True)
        is_a_sentence(cli(kind, "add", nothing, *options))
    if kind != "statements":
        assert cli(kind, "--format", "json").out == before


def test_one_good_file_among_bad_ones_is_kept(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name in ("empty.txt", "noise.bin", "cut.json"):
        (folder / name).write_bytes(HOSTILE[name])
    write(folder / "good.txt", "tw-mnd", "2027-09-15", NOTICE.format(n=26))
    said = cli("bulletins", "add", folder)
    assert said.status == 0 and "Added 1 text" in said.text and said.err.count("reject:") >= 3, said
