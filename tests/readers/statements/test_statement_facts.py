"""The pack's facts on statements: what ships, and what a loader refuses."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from offing.errors import InputError
from offing.model.statement import rank
from offing.readers.statements import StatementFacts, read_facts, read_statements
from offing.readers.statements.passages import passages, strongest
from offing.regions import folder_of

FACTS = read_facts(folder_of("east_asia"))


def test_the_series_of_2021() -> None:
    by_id = {s.statement_id: s for s in FACTS.statements}
    series = [by_id[i] for i in FACTS.series["strait-2021"]]
    assert [(s.day, s.forum, s.place) for s in series] == [
        (date(2021, 3, 16), "jp-us-2plus2", "Tokyo"),
        (date(2021, 4, 16), "jp-us-leaders", "Washington"),
        (date(2021, 5, 27), "eu-jp-leaders", "video"),
        (date(2021, 6, 9), "au-jp-2plus2", "video"),
        (date(2021, 6, 13), "g7-leaders", "Carbis Bay"),
        (date(2021, 7, 13), "defense-of-japan", "Tokyo"),
    ]
    assert [s.formula_class for s in series] == ["importance"] * 5 + ["none"]


def test_every_row_of_the_list_is_there(shared_data: Path) -> None:
    with (shared_data / "facts" / "joint_statements_taiwan_strait.csv").open(encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == len(FACTS.statements) == 47
    wanted = sorted((r["date"], r["names_taiwan_strait"].startswith("yes"), r["place"].strip("-")) for r in rows)
    assert sorted((s.day.isoformat(), s.names_taiwan_strait, s.place) for s in FACTS.statements) == wanted
    assert sum(not s.names_taiwan_strait for s in FACTS.statements) == 2


def test_facts_agree_with_the_texts(shared_data: Path) -> None:
    texts, _ = read_statements((f.name, f.read_bytes()) for f in sorted((shared_data / "statements").glob("*.md")))
    facts = {(s.day, s.forum): s for s in FACTS.statements}
    both = [(t, facts[t.day, t.forum]) for t in texts if (t.day, t.forum) in facts]
    assert len(both) == 24
    for text, fact in both:
        assert (fact.formula_class, fact.kind, fact.parties) == (text.formula_class, text.kind, text.parties), text.title
        assert fact.issued_by == text.issued_by and " ".join(fact.quote.split()) in text.quote


def test_quotations_agree_with_the_rules() -> None:
    for s in FACTS.statements:
        found = strongest(passages(s.quote))
        assert found is None or rank(found.formula_class) <= rank(s.formula_class), s.statement_id
        assert (s.basis == "quoted") == bool(s.quote) and len(s.quote.split()) <= 25


def test_names_are_in_all_languages() -> None:
    assert {s.forum for s in FACTS.statements} == set(FACTS.forums)
    assert all(set(names) == {"en", "ja", "zh-Hant", "zh-Hans"} and all(names.values()) for names in FACTS.forums.values())


ENTRY = """
[[forums]]
id = "a-b-leaders"
[[statements]]
day = 2021-04-16
kind = "readout"
forum = "a-b-leaders"
parties = ["jp", "us"]
formula_class = "importance"
basis = "quoted"
quote = "the importance"
source = "a paper, 2021"
"""


def facts_in(folder: Path, text: str) -> StatementFacts:
    (folder / "statements.toml").write_text(text, encoding="utf-8")
    return read_facts(folder)


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    assert read_facts(tmp_path) == StatementFacts()
    (found,) = facts_in(tmp_path, ENTRY).statements
    assert found.statement_id == "statement:2021-04-16:a-b-leaders" and found.issued_by == ("jp", "us")
    (found,) = facts_in(tmp_path, ENTRY + 'key = "second"\nissued_by = ["us"]').statements
    assert found.statement_id.endswith(":second") and found.issued_by == ("us",)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2021-04-16", '"soon"', "`day`"),
        ('"readout"', '"opinion"', "`kind`"),
        ('"importance"', '"weak"', "`formula_class`"),
        ('"quoted"', '"heard"', "`basis`"),
        ('"the importance"', f'"{"word " * 26}"', "at most 25 words"),
        (", 2021", "", "a year"),
        ('source = "a paper, 2021"', "", "`source`"),
        ('forum = "a-b', 'forum = "b-a', "`forum`"),
        ('parties = ["jp", "us"]', 'elements = ["peace"]', "no element"),
        ('parties = ["jp", "us"]', 'parties = "jp"', "`parties`"),
        ('quote = "the', "quote = 3\nx = \"the", "`quote`"),
        ("[[statements]]", "[statements]", "list of tables"),
        ("[[statements]]", "[[statements", "not TOML"),
        ("[[forums]]", '[[series]]\nid="x"\nstatements=["statement:1"]\n[[forums]]', "no statement"),
    ],
)  # fmt: skip
def test_what_a_loader_refuses(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in ENTRY
    with pytest.raises(InputError, match=r"statements\.toml") as e:
        facts_in(tmp_path, ENTRY.replace(old, new, 1))
    assert why in str(e.value)


def test_two_of_one_day_and_forum_are_refused(tmp_path: Path) -> None:
    twice = ENTRY + ENTRY[ENTRY.index("[[statements]]") :]
    with pytest.raises(InputError, match="one day and one forum"):
        facts_in(tmp_path, twice)
