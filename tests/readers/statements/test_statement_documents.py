"""Files of statements: headers in three forms, HTML, encodings, and what is refused with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.model.bulletin import NotUnderstood
from offing.model.statement import Document
from offing.readers.statements import language_of, read_document, read_statements, statement_of

LINE = "We underscore the importance of peace and stability across the Taiwan Strait."


def taken(text: str | bytes, name: str = "a.md") -> Document:
    found = read_document(name, text.encode() if isinstance(text, str) else text)
    assert isinstance(found, Document), found
    return found


def refused(data: bytes) -> NotUnderstood:
    found = read_document("a.md", data)
    assert isinstance(found, NotUnderstood) and found.name == "a.md" and found.reason
    return found


def test_a_header_of_yaml() -> None:
    text = (
        "---\ntags: x\ndate: '2021-04-16'\nsource_url: https://www.whitehouse.gov/a/\n"
        'title: "Japan\\u2019s \\u201Cjoint\\u201D\n  leaders\\_statement of\\\n  \\ Japan and the U.S."\n'
        "place: Washington # DC\n---\n\nText\n"
    )
    found = taken(text)
    assert found.title == "Japan’s “joint” leaders statement of Japan and the U.S."
    assert (found.date, found.source, found.place) == (date(2021, 4, 16), "https://www.whitehouse.gov/a/", "Washington")
    assert found.text == "Text" and found.forum == "jp-us-leaders"


def test_lists_and_quotes_of_yaml() -> None:
    found = taken(
        "---\ndate: 2021-06-09\ntitle: 'It''s a folded\n  title'\nparties:\n- Japan\n- 'Australia'\nkind: treaty\n---\nx"
    )
    assert found.title == "It's a folded title" and found.parties == ("au", "jp") and found.kind == "treaty"
    assert taken("---\ndate: 2021-06-09\nparties: [Japan, Atlantis]\nforum: mine\n---\nx").parties == ("Atlantis", "jp")


def test_lines_above_an_empty_line() -> None:
    found = taken(
        "title: 2+2 of Japan and the US\npublished: 16 March 2021\nsource: a press copy\nparties: jp; us\n\nJoint.\n\nMore."
    )
    assert found.date == date(2021, 3, 16) and found.text == "Joint.\n\nMore." and found.parties == ("jp", "us")
    assert taken("# Joint statement of Japan and Italy\n\nx".replace("#", "date: 2022年5月3日\n\n#", 1)).title.startswith(
        "Joint"
    )


def test_a_page() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>Site | x</title><link rel='canonical' href='https://www.mofa.go.jp/a.html'>"
        "<meta property='article:published_time' content='2024-06-14T10:00Z'><script>if (a<b) 'Taiwan Strait'</script></head>"
        "<body><nav>Taiwan Strait</nav><h1>G7 Leaders&rsquo; Communiqu&eacute;</h1><p>Preamble<p>We underscore the importance "
        "of <b>peace</b> and stability<sup>3</sup> across<br>the Tai<i>wan</i> Strait.</p><!-- Hormuz --><table><tr><td>a<td>b"
        "</table><footer>f</footer>"
    )
    found = taken(page, "a.html")
    assert found.title == "G7 Leaders’ Communiqué" and found.date == date(2024, 6, 14)
    assert found.source == "https://www.mofa.go.jp/a.html" and found.forum == "g7-leaders"
    statement = statement_of(found)
    assert statement.quote == LINE and statement.formula_class == "importance"


def test_encodings() -> None:
    text = f"date: 2021-04-16\n\n{LINE}"
    for data in (text.encode("utf-8-sig"), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        assert taken(data).text == LINE
    page = '<html><meta charset="Shift_JIS"><meta name="date" content="2021-04-16"><p>台湾海峡の平和と安定の重要性'
    assert statement_of(taken(page.encode("shift_jis"))).formula_class == "importance"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (LINE.encode(), "no date"),
        (b"title: x\n\n" + LINE.encode(), "no date"),
        (b"---\ndate: 2021-02-30\n---\ntext", "no day of the calendar"),
        (b"---\ndate: some day\n---\ntext", "no day of the calendar"),
        (b"---\ndate: 2021-04-16\ntext", "not closed"),
        (b"---\ndate: 2021-04-16\n---\n\n \n", "no text"),
        (b"", "no text"),
        (b"<html><!-- ", "no text"),
        (b"date: 2021-04-16\nkind: opinion\n\nx", "kind is none of"),
        (b"date: 2021-04-16\n\n\xff\xfe\xfa", "no text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "no text in UTF-8"),
        (b"date: 2021-04-16\n\n" + b"x" * (5 << 20), "MiB"),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, why: str) -> None:
    assert why in refused(data).reason


def test_nothing_is_lost() -> None:
    files = [("a.md", f"date: 2021-04-16\n\n{LINE}".encode()), ("b.md", b"\xff"), ("c.md", b"date: 2022-01-01\n\nNothing.")]
    statements, left = read_statements(files)
    assert [s.formula_class for s in statements] == ["importance", "none"] and [r.name for r in left] == ["b.md"]
    silent = statements[1]
    assert (silent.names_taiwan_strait, silent.quote, silent.elements, silent.parties, silent.forum) == (False, "", (), (), "")
    assert read_statements(files)[0] == statements


def test_languages() -> None:
    assert language_of("The leaders of Japan and the United States met.") == "en"
    assert language_of("両首脳は台湾海峡の平和と安定の重要性を強調した。") == "ja"
    assert language_of("雙方重申臺海和平穩定的重要性。") == language_of("双方强调和平。") == "zh"
    assert language_of("Les chefs d'Etat se sont rencontres.") == language_of("") == ""


HEADS = [
    "---\n",
    "date: 2021-04-16\n",
    "title: ",
    "'",
    '"',
    "\\u00",
    "\\",
    "[a, ",
    "- x\n",
    "\n\n",
    "<html>",
    "<!",
    "<![CDATA[",
    "<a",
    "&#x;",
]


@given(st.lists(st.one_of(st.sampled_from(HEADS), st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_is_taken_or_refused(text: str) -> None:
    found = read_document("x", text.encode("utf-8", "surrogatepass"))
    assert isinstance(found, (Document, NotUnderstood))
    if isinstance(found, Document):
        statement_of(found)


@given(st.binary(max_size=80))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    assert isinstance(read_document("x", data), (Document, NotUnderstood))
