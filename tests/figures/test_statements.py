"""First use, streaks of meetings and changes of wording, on small tables and on the real texts."""

from __future__ import annotations

import random
import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import UnknownName
from offing.figures.statements import (
    FIRST_USES,
    MEETING_STREAKS,
    WORDING_CHANGES,
    first_uses,
    meeting_streaks,
    word_diff,
    wording_changes,
)
from offing.model.statement import Statement, statement_frame
from offing.readers.statements import read_facts, read_statements
from offing.regions import folder_of

FORMULA = ("taiwan_strait", "peace_and_stability")


def one(day: str, formula_class: str = "importance", **changes: object) -> Statement:
    silent = formula_class == "none"
    values: dict[str, object] = {f.name: "" for f in fields(Statement)} | {
        "statement_id": f"statement:{day}:x",
        "day": date.fromisoformat(day),
        "parties": ("jp", "us"),
        "issued_by": ("jp", "us"),
        "forum": "jp-us-leaders",
        "names_taiwan_strait": not silent,
        "formula_class": formula_class,
        "elements": () if silent else FORMULA,
        "basis": "text",
        "language": "en",
        "quote": "" if silent else f"the {formula_class} of peace",
    }
    return Statement(**(values | changes))  # type: ignore[arg-type]


def table(*statements: Statement) -> pl.DataFrame:
    return statement_frame(statements)


def test_first_use_is_in_ones_own_name() -> None:
    found = first_uses(
        table(
            one("2022-07-28", parties=("cn", "us"), issued_by=("us",), forum="cn-us-leaders"),
            one("2021-04-16"),
            one("2021-03-16", "mention", elements=("taiwan_strait",)),  # names the Strait, without the formula
            one("2023-05-20", "indispensable"),
            one("2024-01-01", "none"),
        )
    )
    assert found.schema == FIRST_USES
    assert found.select("party", "formula_class", "day", "is_first").rows() == [
        ("jp", "importance", date(2021, 4, 16), True),
        ("jp", "indispensable", date(2023, 5, 20), False),
        ("us", "importance", date(2021, 4, 16), True),
        ("us", "indispensable", date(2023, 5, 20), False),
    ]


def test_a_streak_ends_with_a_silent_text() -> None:
    found = meeting_streaks(
        table(
            one("2021-04-16"),
            one("2022-05-23", "indispensable"),
            one("2022-06-30", "none"),
            one("2023-01-13"),
            one("2025-01-13"),
            one("2022-08-01", "none", issued_by=("us",)),  # one side's readout is another series
            one("2022-09-01", "none", forum=""),
        )
    )
    assert found.schema == MEETING_STREAKS
    first, second = found.iter_rows(named=True)
    assert (first["first_day"], first["last_day"], first["meetings_n"]) == (date(2021, 4, 16), date(2022, 5, 23), 2)
    assert (first["weakest"], first["strongest"], first["voice"]) == ("importance", "indispensable", "joint")
    assert (first["is_running"], first["ended_on_day"], first["is_longest"]) == (False, date(2022, 6, 30), True)
    assert (second["meetings_n"], second["is_running"], second["ended_on_day"], second["is_longest"]) == (2, True, None, False)
    assert (first["years_without_text"], second["years_without_text"]) == ([], [2024])


def test_one_meeting_with_two_texts_counts_once() -> None:
    fact = one("2021-04-16", basis="quoted", statement_id="statement:2021-04-16:jp-us-leaders", quote="the importance")
    text, japanese = one("2021-04-16"), one("2021-04-16", language="ja", quote="重要性", statement_id="statement:2021-04-16:y")
    (row,) = meeting_streaks(table(fact, text, japanese)).iter_rows(named=True)
    assert row["meetings_n"] == 1 and row["statement_ids"] == [text.statement_id]


def test_streaks_of_at_least_a_class() -> None:
    texts = table(one("2021-04-16"), one("2022-05-23", "indispensable"), one("2023-01-13", "concern"))
    (row,) = meeting_streaks(texts, at_least="indispensable").iter_rows(named=True)
    assert (row["meetings_n"], row["first_day"]) == (2, date(2022, 5, 23))
    with pytest.raises(UnknownName, match="class 'strong'"):
        meeting_streaks(texts, at_least="strong")


def test_changes_of_wording() -> None:
    found = wording_changes(
        table(
            one("2021-04-16"),
            one("2021-10-01", basis="paraphrased", language="", quote=""),
            one("2022-05-23", "indispensable", elements=(*FORMULA, "indispensable")),
            one("2023-01-13", "none"),
            one("2024-04-10", basis="quoted"),
        ),
        "jp-us-leaders",
    )
    assert found.schema == WORDING_CHANGES
    columns = ("change", "gained", "lost", "diff", "is_partial", "left_out_n")
    assert found.select(columns).rows() == [
        ("stronger", ["indispensable"], [], "the [-importance-] {+indispensable+} of peace", False, 1),
        ("weaker", [], [*FORMULA, "indispensable"], "[-the indispensable of peace-]", False, 0),
        ("stronger", [*FORMULA], [], "{+the importance of peace+}", True, 0),
    ]


def test_languages_are_compared_each_with_itself() -> None:
    texts = [
        one("2021-04-16"),
        one("2021-04-16", language="ja", quote="平和の重要性", statement_id="j1"),
        one("2022-05-23", language="ja", quote="平和の必要性", statement_id="j2"),
        one("2023-01-13"),
    ]
    rows = wording_changes(table(*texts)).select("language", "to_id", "diff", "left_out_n").rows()
    assert rows == [
        ("en", "statement:2023-01-13:x", "the importance of peace", 1),
        ("ja", "j2", "平和の [-重-] {+必+} 要性", 0),
    ]


def test_an_unknown_forum_names_those_that_are_there() -> None:
    with pytest.raises(UnknownName, match="g7"):
        wording_changes(table(one("2021-04-16", forum="g7-leaders")), "g8-leaders")
    empty = table()
    assert first_uses(empty).schema == FIRST_USES and meeting_streaks(empty).schema == MEETING_STREAKS
    assert wording_changes(empty).schema == WORDING_CHANGES


WORDS = st.lists(
    st.sampled_from(["the", "importance", "of", "peace", ",", ".", "台", "湾", "cross-Strait", "China’s"]), max_size=12
)


@given(WORDS, WORDS)
def test_a_diff_holds_both_texts(old: list[str], new: list[str]) -> None:
    diff = word_diff(" ".join(old), " ".join(new))
    first = re.sub(r"\{\+.*?\+\}", "", diff).replace("[-", "").replace("-]", "")
    second = re.sub(r"\[-.*?-\]", "", diff).replace("{+", "").replace("+}", "")
    assert "".join(first.split()) == "".join(old) and "".join(second.split()) == "".join(new)


@given(st.lists(st.sampled_from(["importance", "none", "concern"]), max_size=8), st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(classes: list[str], seed: int) -> None:
    rows = [one(f"202{n}-01-01", c) for n, c in enumerate(classes)]
    mixed = random.Random(seed).sample(rows, len(rows))
    for figure in (first_uses, meeting_streaks, wording_changes):
        assert figure(table(*rows)).equals(figure(table(*mixed)))
    assert sum(meeting_streaks(table(*rows))["meetings_n"]) == sum(c != "none" for c in classes)


def test_real_texts_and_facts(shared_data: Path) -> None:
    texts, _ = read_statements((f.name, f.read_bytes()) for f in sorted((shared_data / "statements").glob("*.md")))
    everything = statement_frame([*texts, *read_facts(folder_of("east_asia")).statements])

    first = {r["party"]: (r["day"], r["formula_class"]) for r in first_uses(everything).iter_rows(named=True) if r["is_first"]}
    assert first["jp"] == first["us"] == (date(2021, 3, 16), "importance")
    assert first["eu"] == first["gb"] == (date(2021, 5, 5), "importance")
    assert first["kr"] == (date(2021, 5, 21), "importance") and first["au"] == (date(2021, 6, 9), "importance")
    assert first["ph"] == (date(2023, 5, 1), "indispensable") and "cn" not in first

    streaks = {(r["forum"], r["voice"]): r for r in meeting_streaks(everything).iter_rows(named=True)}
    leaders = streaks["jp-us-leaders", "joint"]
    assert (leaders["meetings_n"], leaders["last_day"], leaders["is_running"]) == (5, date(2025, 2, 7), True)
    assert streaks["g7-leaders", "joint"]["meetings_n"] == 4
    assert streaks["g7-leaders", "joint"]["years_without_text"] == [2022]  # no text of the summit at Elmau is held
    assert streaks["cn-us-security-advisors", "us"]["meetings_n"] == 4
    assert ("quad-leaders", "joint") not in streaks

    changes = wording_changes(everything, "g7-leaders").filter(pl.col("voice") == "joint")
    assert changes["change"].to_list() == ["stronger", "equal", "equal"]
    assert changes["gained"].to_list() == [["security_and_prosperity", "indispensable", "position_unchanged"], [], []]
    assert changes["diff"][0].startswith(
        "We [-underscore-] {+reaffirm+} the importance of peace and stability across the Taiwan"
    )
    assert "[-" not in changes["diff"][1] and changes["lost"][2].to_list() == ["importance"]
