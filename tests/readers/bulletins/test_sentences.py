"""Where sentences end after an hour of the day."""

from __future__ import annotations

import pickle

import pytest

from offing.readers.bulletins.sentences import Rule, rules, scan, sentences


@pytest.mark.parametrize(
    "text",
    [
        "At 3 p.m. China Coast Guard vessels 14605 and 14529 entered restricted waters off Kinmen.",
        "Between 9 a.m. and 3 p.m. 14605 sailed north.",
        "On Tuesday, at about 3:05 p.m. CCG ships left the area.",
        "They left at 5 p.m. Tuesday with others.",
        "They left at 5 p.m. (0900 GMT) with others.",
        "They left at 5 p.m. Taipei time with others.",
    ],
)
def test_a_sentence_that_goes_on(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "parts",
    [
        ["They left the area at 5 p.m.", "At 9 a.m. Four ships came."],
        ["They left at 5 p.m.", "PP-1052 followed them."],
        ["Four ships stayed until 3 p.m.", "(By A Writer)"],
        ["He said so before 3 p.m.", "14605 was seen."],
    ],
)
def test_a_sentence_that_ends(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def test_long_texts_lose_nothing() -> None:
    for text in ("Sept " * 20_000 + "3 p.m. X", "1" * 20_000 + " p.m. X", "at 3 p.m. X" * 5_000, "mon" * 20_000 + " a.m. X"):
        assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_rules_are_tried_in_their_order() -> None:
    some = rules(ship=("vessel", "ship"), word=r"\w+")
    assert [rule.name for rule in some] == ["ship", "ship", "word"]
    found, left = scan("SHIP and", some)
    assert [f.name for f in found] == ["ship", "word"] and left == "· ·"
    assert pickle.loads(pickle.dumps(some[0])) == some[0] == Rule("ship", "vessel")
