"""Own sources from the command line: named at ingest, listed, restricted and opened."""

from __future__ import annotations

from pathlib import Path

from in_process import Cli
from small_worlds import OTHER, SHIP, eastward, lying, write_rows


def sources(cli: Cli) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in cli("sources", "--format", "json").rows]


def test_files_belong_to_the_source_that_was_named(cli: Cli, tmp_path: Path) -> None:
    assert cli("init").status == 0
    assert cli("sources").status == 0 and sources(cli) == []
    first, second = (
        write_rows(tmp_path / "a.csv", eastward(SHIP, range(5))),
        write_rows(tmp_path / "b.csv", lying(OTHER, [1], 10)),
    )
    assert cli("ingest", first).status == cli("ingest", second, "--source", "coast-radar").status == 0
    assert sources(cli) == [("ais", 1, 0, False), ("coast-radar", 1, 0, False)]
    said = cli("ingest", second)
    assert said.status == 0 and "belong to coast-radar too" in said.err
    assert sources(cli) == [("ais", 2, 0, False), ("coast-radar", 1, 0, False)]
    assert cli("retract", second, "--reason", "of one source alone").status == 0
    said = cli("ingest", second, "--source", "coast-radar")
    assert said.status == 0 and "too" not in said.err
    assert sources(cli) == [("ais", 1, 0, False), ("coast-radar", 1, 0, False)]


def test_a_source_is_restricted_and_opened(cli: Cli, tmp_path: Path) -> None:
    assert cli("init").status == 0
    assert cli("ingest", write_rows(tmp_path / "a.csv", eastward(SHIP, range(5)))).status == 0
    for said in ("ais is restricted.", "ais was restricted already."):
        assert cli("sources", "restrict", "ais").text.strip() == said
    assert sources(cli) == [("ais", 1, 0, True)]
    coming = cli("sources", "restrict", "to-come")
    assert coming.status == 0 and "nothing is of the source to-come yet" in coming.err
    for said in ("ais is no longer restricted.", "ais was not restricted."):
        assert cli("sources", "open", "ais").text.strip() == said
    assert sources(cli) == [("ais", 1, 0, False), ("to-come", 0, 0, True)]


def test_a_name_that_is_none_is_told_in_a_sentence(cli: Cli, tmp_path: Path) -> None:
    assert cli("init").status == 0
    path = write_rows(tmp_path / "a.csv", eastward(SHIP, range(5)))
    for words in (("ingest", path, "--source", "Not A Name"), ("sources", "restrict", ""), ("sources", "open", "asi")):
        said = cli(*words)
        assert said.status == 2 and said.err.startswith("offing: ") and "Traceback" not in said.err
    assert sources(cli) == []
