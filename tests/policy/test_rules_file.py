"""Release rules in a file: what they become, and errors that name the line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from offing.errors import BadPaper, MissingInput
from offing.model.sharing import ReleaseRule
from offing.model.wire import WIRE
from offing.policy.rules_file import parse_rules, read_rules

FULL = """# what we share
[[rule]]
kind = "visit"
zones = ["a@x", "b@x"]
fleet = "ccg"
from = ["ais", "ph"]
to = ["us", "tw"]
purpose = "maritime_safety"
onward = 1
expires = 2026-12-31
delay_h = 6
round_deg = 0.05
without = ["mmsi"]

[[rule]]
kind = "incident"
to = []
"""


def test_a_file_of_rules_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(FULL)
    assert read_rules(path, WIRE, {"a@x", "b@x"}) == [
        ReleaseRule(
            n=0,
            kind="visit",
            releasable_to=("us", "tw"),
            zones=("a@x", "b@x"),
            fleets=("ccg",),
            sources=("ais", "ph"),
            purpose="maritime_safety",
            onward=1,
            expires=date(2026, 12, 31),
            delay_h=6.0,
            round_deg=0.05,
            masked=("mmsi",),
        ),
        ReleaseRule(0, "incident", ()),
    ]
    with pytest.raises(MissingInput):
        read_rules(tmp_path / "none.toml")


HEAD = '[[rule]]\nkind = "visit"\nto = ["us"]\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[rule]]\nto = ["us"]\n', 1, "`kind` is missing"),
        ('[[rule]]\nkind = "track"\nto = ["us"]\n', 2, "none of visit"),
        ('[[rule]]\nkind = "visit"\n', 1, "`to` is missing"),
        (HEAD + "zones = []\n", 4, "`zones` names nothing"),
        (HEAD + 'zone = ""\n', 4, "`zone` names nothing"),
        (HEAD + 'zone = "a"\nzones = ["b"]\n', 4, "stands beside"),
        (HEAD + 'zone = "nowhere"\n', 4, "no zone 'nowhere'"),
        (HEAD + "onward = 1.5\n", 4, "whole number"),
        (HEAD + "onward = -1\n", 4, "must be from 0"),
        (HEAD + "delay_h = -1\n", 4, "from 0"),
        (HEAD + "delay_h = nan\n", 4, "from 0"),
        (HEAD + "round_deg = 0\n", 1, "rounded"),
        (HEAD + "expires = 9999-12-31\n", 4, "end of the calendar"),
        (HEAD + "expires = 2026-09-01T00:00:00Z\n", 4, "must be a day"),
        (HEAD + 'without = ["mmsii"]\n', 1, "no column 'mmsii'"),
        (HEAD + "releasable = true\n", 4, "nothing that a rule says"),
        (HEAD + HEAD.replace("us", "u s"), 4, "no id of a partner"),
    ],
)
def test_an_error_names_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadPaper, match=said) as caught:
        parse_rules(text, "rules.toml", WIRE, {"a"})
    assert caught.value.data["line"] == line
    assert f"rules.toml, rule {'2' if line == 4 and 'u s' in text else '1'} (line {line})" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[rule]\nkind = 1\n", "rules = 1\n", "[[rule]\n", '[[other]]\nid = "x"\n'])
def test_a_file_that_holds_no_rules_is_refused(text: str) -> None:
    with pytest.raises(BadPaper, match=r"rules\.toml"):
        parse_rules(text, "rules.toml")
