"""Agreements from TOML: every value, every refusal with its line, and one canonical text for equal agreements."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import BadPaper, MissingInput
from offing.model.sharing import RECORD_KINDS, Agreement
from offing.policy.agreements_file import (
    CONFIDENCES,
    agreement_of_text,
    canonical_text,
    parse_agreements,
    read_agreements,
    read_examples,
    text_hash,
    with_text,
)
from offing.regions import folder_of

ONE = """\
id = "jp-us"
parties = ["us", "jp"]
kinds = ["watch_day", "visit"]
purposes = ["maritime_safety"]
from = "2020-01-01"
to = 2030-01-01
"""
EXAMPLE = folder_of("east_asia") / "partners" / "agreements.toml"

DAYS = st.dates(date(1960, 1, 1), date(2100, 1, 1))
NAMES = st.from_regex(r"[a-z0-9]{1,4}([._-][a-z0-9]{1,3}){0,2}", fullmatch=True)
AGREEMENTS = st.builds(
    lambda days, parties, **more: with_text(Agreement(parties=tuple(parties), first_day=min(days), last_day=max(days), **more)),
    days=st.tuples(DAYS, DAYS),
    parties=st.lists(NAMES, min_size=2, max_size=4, unique=True),
    id=NAMES,
    kinds=st.lists(st.sampled_from(RECORD_KINDS), min_size=1, unique=True).map(tuple),
    purposes=st.lists(st.sampled_from(["maritime_safety", "fisheries", "search_and_rescue"]), min_size=1, unique=True).map(
        tuple
    ),
    onward=st.integers(0, 9),
    may_introduce=st.booleans(),
    history=st.booleans(),
    relay=st.sampled_from(["open", "sealed"]),
    instrument=st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    sources=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=10), max_size=3).map(tuple),
)


def one(*more: str, without: str = "") -> str:
    lines = [line for line in ONE.splitlines() if not without or not line.startswith(without)]
    return "\n".join([*lines, *more]) + "\n"


def test_every_value() -> None:
    more = (
        "may_introduce = true",
        "history = false",
        'relay = "sealed"',
        "onward = 2",
        'instrument = "A treaty"',
        'sources = ["B"]',
    )
    (a,) = parse_agreements(one(*more), "a.toml")
    assert a.id == "jp-us" and a.parties == ("jp", "us")
    assert a.kinds == ("visit", "watch_day") and a.purposes == ("maritime_safety",)
    assert (a.first_day, a.last_day) == (date(2020, 1, 1), date(2030, 1, 1))
    assert (a.onward, a.may_introduce, a.history, a.relay) == (2, True, False, "sealed")
    assert (a.instrument, a.sources) == ("A treaty", ("B",))
    assert a.text == canonical_text(a)


def test_what_is_left_out_is_the_narrowest_but_history() -> None:
    (a,) = parse_agreements(ONE, "a.toml")
    assert (a.onward, a.may_introduce, a.introduces, a.history, a.relay, a.instrument, a.sources) == (
        0, False, False, True, "open", "", (),
    )  # fmt: skip


def test_several_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text("[[agreement]]\n" + ONE + "\n[[agreement]]\n" + ONE.replace("jp-us", "jp-us-2"))
    assert [a.id for a in read_agreements(path)] == ["jp-us", "jp-us-2"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (one(without="id"), 1, "`id` is missing"),
        (one(without="parties"), 1, "`parties` is missing"),
        (one(without="kinds"), 1, "`kinds` is missing"),
        (one(without="purposes"), 1, "`purposes` is missing"),
        (one(without="from"), 1, "`from` is missing"),
        (one(without="to ="), 1, "`to` is missing"),
        (ONE.replace('["us", "jp"]', '["us"]'), 2, "`parties` names fewer than two"),
        (ONE.replace('["us", "jp"]', "[]"), 2, "`parties` is empty"),
        (ONE.replace('["us", "jp"]', '["us", "us"]'), 2, "`parties` names 'us' twice"),
        (ONE.replace('"jp"]', '"J P"]'), 2, "`parties` holds 'J P', which is no id"),
        (ONE.replace('"jp"]', '"j--p"]'), 2, "`parties` holds 'j--p', which is no id"),
        (ONE.replace('"jp"]', f'"{"j" * 64}"]'), 2, "which is no id"),
        (ONE.replace('"jp-us"', '"../x"'), 1, "`id` holds '../x', which is no id"),
        (ONE.replace('"visit"', '"visits"'), 3, "`kinds` is 'visits', which is none of"),
        (ONE.replace('["maritime_safety"]', "[]"), 4, "`purposes` is empty"),
        (ONE.replace("maritime_safety", "Maritime safety"), 4, "which is no purpose"),
        (ONE.replace("2020-01-01", "2020-13-01"), 5, "`from` must be a day"),
        (ONE.replace("2020-01-01", "2031-01-01"), 6, "`to` 2030-01-01 is before `from` 2031-01-01"),
        (one("onward = -1"), 7, "`onward` must be a number of hands from 0 to 9, not -1"),
        (one("onward = 10"), 7, "`onward` must be a number of hands"),
        (one('onward = "1"'), 7, "`onward` must be a whole number"),
        (one("onward = true"), 7, "`onward` must be a whole number"),
        (one("", "onwards = 1"), 8, "`onwards` is no key"),
        (one('history = "no"'), 7, "`history` must be true or false"),
        (one('relay = "shut"'), 7, "`relay` is 'shut', which is none of open, sealed"),
        (one("sources = [1]"), 7, "`sources` must be a list of texts"),
        (one("[[agreement]]"), 1, "`id` is no key"),
        ("example = true\n" + ONE, 1, "a worked example, not what anybody agreed"),
        ("id = \n", 1, "is not TOML"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadPaper) as caught:
        parse_agreements(text, "a.toml")
    assert said in caught.value.message and caught.value.message.startswith("a.toml")
    assert caught.value.data["line"] == line and caught.value.data["file"] == "a.toml"


def test_a_word_misspelt_is_not_passed_over() -> None:
    with pytest.raises(BadPaper) as caught:
        parse_agreements(one("onwrad = 1"), "a.toml")
    assert caught.value.hint == "Did you mean `onward`?"


def test_the_second_of_two_is_named_by_its_own_line() -> None:
    text = "[[agreement]]\n" + ONE + "[[agreement]]\n" + ONE.replace("jp-us", "b").replace('"visit"', '"visitt"')
    with pytest.raises(BadPaper) as caught:
        parse_agreements(text, "a.toml")
    assert caught.value.data["line"] == 11 and "agreement b" in caught.value.message
    with pytest.raises(BadPaper, match="the id 'jp-us' occurs twice"):
        parse_agreements(("[[agreement]]\n" + ONE) * 2, "a.toml")


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        read_agreements(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPaper, match="UTF-8"):
        read_agreements(tmp_path / "b.toml")


def test_equal_agreements_have_equal_texts_however_written() -> None:
    other = """# another hand
to = "2030-01-01"
from = 2020-01-01
onward = 0
relay = "open"
purposes = "maritime_safety"
kinds = ["visit", "watch_day"]
parties = ["jp", "us"]
id = 'jp-us'
"""
    (a,), (b,) = parse_agreements(ONE, "a.toml"), parse_agreements(other, "b.toml")
    assert a == b and a.text == b.text and text_hash(a) == text_hash(b)
    assert a.text == (
        '{"from":"2020-01-01","history":true,"id":"jp-us","instrument":"","kinds":["visit","watch_day"],"may_introduce":false,'
        '"onward":0,"parties":["jp","us"],"purposes":["maritime_safety"],"relay":"open","sources":[],"to":"2030-01-01"}'
    )
    assert text_hash(a) == hashlib.sha256(a.text.encode()).hexdigest()


@given(AGREEMENTS)
def test_a_text_gives_its_agreement_back(a: Agreement) -> None:
    assert agreement_of_text(a.text) == a
    # the standard library's JSON, as another implementation of the same form
    assert a.text == json.dumps(json.loads(a.text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(AGREEMENTS, AGREEMENTS)
def test_texts_are_equal_only_for_equal_agreements(a: Agreement, b: Agreement) -> None:
    assert (a.text == b.text) == (a == b)


@given(AGREEMENTS, st.data())
def test_a_text_in_another_form_is_refused(a: Agreement, data: st.DataObject) -> None:
    values = json.loads(a.text)
    others = [
        json.dumps(values),
        a.text + " ",
        "[]",
        "{",
        a.text.replace('"from"', '"form"'),
        json.dumps({**values, "more": 1}),
    ]
    with pytest.raises(BadPaper):
        agreement_of_text(data.draw(st.sampled_from(others)))


def test_the_worked_example_rests_on_public_instruments_and_says_what_it_is() -> None:
    found = read_examples(EXAMPLE)
    pairs = {frozenset(e.agreement.parties) for e in found}
    assert pairs == {frozenset(p) for p in (("jp", "us"), ("tw", "us"), ("au", "us"), ("ph", "us"), ("eu", "jp"))}
    assert {"jp", "tw"} not in [set(p) for p in pairs]
    for e in found:
        a = e.agreement
        assert e.confidence in CONFIDENCES and a.instrument and a.sources
        assert all(", https://" in s or ", http://" in s for s in a.sources), a.id
        assert all(any(str(year) in s for year in range(1951, 2027)) for s in a.sources), "a source without a date"
    eu = next(e.agreement for e in found if e.agreement.id == "eu-jp")
    assert set(eu.kinds) < set(RECORD_KINDS)
    with pytest.raises(BadPaper, match="a worked example"):
        read_agreements(EXAMPLE)


def test_an_example_must_say_so(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("[[agreement]]\n" + ONE + 'confidence = "confirmed"\n')
    with pytest.raises(BadPaper, match="does not say `example = true`"):
        read_examples(path)
    path.write_text("example = true\n[[agreement]]\n" + ONE + 'confidence = "sure"\n')
    with pytest.raises(BadPaper, match="`confidence` is 'sure'"):
        read_examples(path)
