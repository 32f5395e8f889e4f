"""Lines of entries and keys, whatever a TOML or CSV file looks like: a message that names a wrong line is worse than none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.claims import Claim, entries, parse_toml, read_toml, row_claims, text_rows
from offing.errors import BadZone, MissingInput

PLAIN = """# first line
title = "x"

[[zones]]
id = "one"
kind = "eez"
[zones.names]
en = "One"

[[zones]]   # a remark
"id" = "two"
names.en = "Two"
[[zones.parts]]
from_deg = 1
[[zones.parts]]
from_deg = 2
to_deg = 3
[[ "zones" ]]
id = 'three'
"""


def lines_of(text: str, key: str = "zones") -> list[tuple[str, int | None]]:
    """Ids and lines of the entries."""
    claims = entries(parse_toml(text, "f.toml", BadZone), key, "f.toml", BadZone)
    return [(c.text("id"), c.place.line if c.place else None) for c in claims]


def line_of(claim: Claim, key: str) -> object:
    return claim.refuse("it is wrong", key=key).data["line"]


def test_lines_of_entries_and_of_their_keys() -> None:
    assert lines_of(PLAIN) == [("one", 4), ("two", 10), ("three", 18)]
    one, two, _ = entries(parse_toml(PLAIN, "f.toml", BadZone), "zones", "f.toml", BadZone)
    assert [line_of(one, k) for k in ("id", "kind", "names", "day_rule", "")] == [5, 6, 7, 4, 4]
    assert [line_of(two, k) for k in ("id", "names")] == [11, 12]
    assert [(c.integer("from_deg"), line_of(c, "from_deg"), line_of(c, "")) for c in two.entries("parts")] == [
        (1, 14, 13),
        (2, 16, 15),
    ]


def test_a_refusal_names_file_line_and_entry() -> None:
    one, *_ = entries(parse_toml(PLAIN, "f.toml", BadZone), "zones", "f.toml", BadZone)
    with pytest.raises(BadZone) as caught:
        one.one_of("kind", one.text("kind"), ("adiz",))
    assert str(caught.value) == "f.toml, zones one (line 6): `kind` is 'eez', which is none of adiz."
    assert {k: caught.value.data[k] for k in ("file", "line", "entry")} == {"file": "f.toml", "line": 6, "entry": "zones one"}
    with pytest.raises(BadZone, match=r"zones one \(line 4\): `source` is missing"):
        one.text("source")


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_text_over_several_lines_may_look_like_an_entry(quotes: str) -> None:
    text = f"""[[zones]]
id = "one"
note = {quotes}
[[zones]]
kind = "not this"
[[zones.parts]]
{quotes}
kind = "eez"
[[zones]]
id = "two"
"""
    assert lines_of(text) == [("one", 1), ("two", 9)]
    one, _ = entries(parse_toml(text, "f.toml", BadZone), "zones", "f.toml", BadZone)
    assert [line_of(one, k) for k in ("note", "kind")] == [3, 8] and one.entries("parts") == []


def test_quotes_within_texts_and_comments_end_nothing() -> None:
    text = (
        '[[zones]] # it\'s """ here\nid = "one"\nnote = "a \\" and \'\'\' and # no remark ["\n'
        'other = \'C:\\\' # """\nends = """two \\""" more""""\n[[zones]]\nid = "two"\n'
    )
    assert lines_of(text) == [("one", 1), ("two", 6)]


def test_lists_over_several_lines() -> None:
    text = """[[zones]]
lines = [
  [
    [121.0, 24.0], # ]]
    [122.0,
     24.0],
  ],
  ["zones"],
  [
    [1]
  ],
]
id = "one"
words = ["[[zones]]", ']']
kind = "eez"
[[zones]]
id = "two"
"""
    table = parse_toml(text.replace('  ["zones"],\n', "").replace("  [\n    [1]\n  ],\n", ""), "f.toml", BadZone)
    one, _ = entries(table, "zones", "f.toml", BadZone)
    assert [line_of(one, k) for k in ("lines", "id", "kind")] == [2, 9, 11]
    assert lines_of(text) == [("one", 1), ("two", 16)], "a list that looks like a header is none"


def test_inline_tables_have_no_lines_of_their_own() -> None:
    text = 'zones = [{id = "one", kind = 3}, {id = "two"}]\n'
    assert lines_of(text) == [("one", None), ("two", None)]
    one, _ = entries(parse_toml(text, "f.toml", BadZone), "zones", "f.toml", BadZone)
    with pytest.raises(BadZone, match=r"^f\.toml, zones one: `kind` must be a text, not 3\.$"):
        one.text("kind")
    inner = '[[zones]]\nid = "one"\nparts = [{a = 1}, {a = 2}]\n'
    (one,) = entries(parse_toml(inner, "f.toml", BadZone), "zones", "f.toml", BadZone)
    assert [(p.integer("a"), line_of(p, "a")) for p in one.entries("parts")] == [(1, None), (2, None)]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_other_ends_of_lines_and_a_mark_at_the_start(tmp_path: Path, start: bytes, end: bytes) -> None:
    (tmp_path / "f.toml").write_bytes(start + PLAIN.encode().replace(b"\n", end))
    claims = entries(read_toml(tmp_path / "f.toml", BadZone), "zones", "f.toml", BadZone)
    assert [c.place and c.place.line for c in claims] == [4, 10, 18]


def test_separators_that_are_no_ends_of_lines() -> None:
    text = '[[zones]]\nid = "one"\nnote = "a\u2028b\u0085c"\n[[zones]]\nid = "two"\n'
    assert lines_of(text) == [("one", 1), ("two", 4)]


WORDS = st.text(st.sampled_from("[]z\"'#= \n.\\"), max_size=20)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_lines_hold_whatever_stands_in_texts(notes: list[str]) -> None:
    """Texts are written as multi-line literals; the line of each entry is counted while they are written."""
    text, told = "", []
    for n, note in enumerate(notes):
        told.append((str(n), text.count("\n") + 1))
        text += f"[[zones]]\nid = \"{n}\"\nnote = '''\n{note.replace(chr(39), '')}'''\n"
    assert lines_of(text) == told


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a = 1\n[[zones]\n", 2, "f.toml is not TOML"),
        ("a = 1\na = 2\n", 2, "f.toml is not TOML"),
        ("zones = 3\n", None, "must be a list of tables"),
        ("[zones]\nid = 'a'\n", None, "must be a list of tables"),
        ("[[zones]]\nid = 'a'\n[[zones]]\nid = 'b'\n[[zones]]\nid = 'a'\n", 6, "occurs twice"),
    ],
)
def test_what_is_no_list_of_entries_is_refused(text: str, line: int | None, says: str) -> None:
    with pytest.raises(BadZone, match=says) as caught:
        lines_of(text)
    assert caught.value.data["file"] == "f.toml" and caught.value.data.get("line") == line


def test_files_that_are_no_texts(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(BadZone, match="UTF-8"):
        read_toml(tmp_path / "f.toml", BadZone)
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(MissingInput):
            read_toml(path, BadZone)


ROWS = 'id,kind,note\na,eez,"two\nlines"\nb,eez\n\nc,adiz,"x, y"\n'


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_lines_of_rows(tmp_path: Path, end: str) -> None:
    (tmp_path / "f.csv").write_bytes(b"\xef\xbb\xbf" + ROWS.replace("\n", end).encode())
    claims = list(row_claims(tmp_path / "f.csv", ("id", "kind"), BadZone))
    assert [(c.text("id"), c.place and c.place.line) for c in claims] == [("a", 2), ("b", 4), ("c", 6)]
    assert claims[1].values == {"id": "b", "kind": "eez", "note": ""}
    assert str(claims[2].refuse("`kind` is wrong")) == "f.csv, c (line 6): `kind` is wrong."


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("id,note\na,x\nb,y,z\n", 3, "more cells than there are columns"),
        ("id\na\n", None, "lacks the column 'note'"),
        ("", None, "lacks the column 'id'"),
        (f'id,note\na,"{"x" * 140_000}"\n', 1, "is not CSV"),
    ],
)
def test_rows_that_are_none(text: str, line: int | None, says: str) -> None:
    with pytest.raises(BadZone, match=says) as caught:
        list(text_rows(text, "f.csv", ("id", "note"), BadZone))
    assert caught.value.data["file"] == "f.csv" and caught.value.data.get("line") == line
