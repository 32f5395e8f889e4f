"""Files to texts: headings, many texts in one file, HTML, JSON, CSV, and what is no text; parsers by office."""

from __future__ import annotations

import json
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import Region, a_text

from offing.errors import UnknownName, UsageError
from offing.model.bulletin import Parsed
from offing.readers import bulletins
from offing.readers.bulletins import Texts, parse, parsers, read_texts

HEADING = "office: tw-mnd\npublished: 2027-09-15\nsource: https://example.org/1\n\n"


def read(text: str, name: str = "a.txt", **given_: object) -> Texts:
    return read_texts(text.encode(), name, **given_)


def one(texts: Texts):
    assert texts.rejects == ()
    (text,) = texts.texts
    return text


def test_a_heading_says_whose_and_when() -> None:
    text = one(read(HEADING + "偵獲共機5架次\n\n第二段\n"))
    assert (text.office, text.published, text.url) == ("tw-mnd", date(2027, 9, 15), "https://example.org/1")
    assert (text.text, text.name) == ("偵獲共機5架次\n\n第二段\n", "a.txt")
    windows = one(read(HEADING.replace("\n", "\r\n") + "x", office="jcg"))
    assert (windows.office, windows.text) == ("tw-mnd", "x")


def test_without_a_heading_the_arguments_hold() -> None:
    text = one(
        read("偵獲共機5架次", office="tw-mnd", published=date(2027, 1, 2), url="u", retrieved_utc="2027-01-02T03:04:05Z")
    )
    assert (text.office, text.published, text.url, text.retrieved_utc) == (
        "tw-mnd",
        date(2027, 1, 2),
        "u",
        "2027-01-02T03:04:05Z",
    )
    assert one(read("office hours are long: nine to five")).office == ""


def test_many_texts_in_one_plain_file() -> None:
    texts = read(HEADING + "one\n---\n" + HEADING.replace("15", "16") + "two\n---\nstill two\n").texts
    assert [(t.name, t.published.day, t.text.strip()) for t in texts if t.published] == [
        ("a.txt#1", 15, "one"),
        ("a.txt#2", 16, "two\n---\nstill two"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("office: tw-mnd\npublished: soon\n\nx", "is not a day"),
        ("office: tw-mnd\npublished: 2027-02-30\n\nx", "not a day of the calendar"),
        ("office: tw-mnd\noffice: jcg\n\nx", "each once"),
        ("office: tw-mnd\ncolour: red\n\nx", "each once"),
        ("office: tw-mnd\n\n \n", "there is no text"),
        ("", "there is no text"),
    ],
)
def test_a_heading_that_does_not_fit_is_a_reject(text: str, reason: str) -> None:
    texts = read(text)
    assert texts.texts == () and reason in texts.rejects[0].reason


def test_bytes_that_are_no_utf8_are_a_reject() -> None:
    texts = read_texts("國防部".encode("big5"), "a.txt")
    assert texts.texts == () and "is not utf-8" in texts.rejects[0].reason
    assert one(read_texts("偵獲".encode("utf-16"), "a.txt")).text == "偵獲"
    assert one(read_texts("偵獲".encode("utf-8-sig"), "a.txt")).text == "偵獲"
    assert read_texts("偵獲".encode("utf-16")[:-1], "a.txt").rejects


def test_json_by_name_or_as_a_list() -> None:
    held = {
        "p1.pdf": {"url": "https://example.org/p1.pdf", "text": "一", "fetched_at": "2026-07-25 22:37:38"},
        "p2": "二",
        "p3": {"url": "u"},
    }
    texts = read(json.dumps(held), "a.json", office="jp-joint-staff")
    assert [(t.name, t.url, t.text, t.retrieved_utc, t.office) for t in texts.texts] == [
        ("p1.pdf", "https://example.org/p1.pdf", "一", "2026-07-25 22:37:38", "jp-joint-staff"),
        ("p2", "", "二", "", "jp-joint-staff"),
    ]
    assert [(r.name, r.reason) for r in texts.rejects] == [("p3", "the entry has no text")]
    texts = read(json.dumps([{"name": "n", "text": "x", "date": "2026/8/7", "office": "jcg"}, "y", 3]), "a.json")
    assert [(t.name, t.published, t.office) for t in texts.texts] == [("n", date(2026, 8, 7), "jcg"), ("a.json#2", None, "")]
    assert len(texts.rejects) == 1
    assert one(read('{"text": "x", "published": "2026-08-07T10:00:00Z"}')).published == date(2026, 8, 7)


def test_json_that_does_not_parse() -> None:
    assert "does not parse" in read('{"a": ', "a.json").rejects[0].reason
    assert one(read("[News] 偵獲共機5架次")).text.startswith("[News]")
    assert "neither a list" in read("3", "a.json").rejects[0].reason
    assert read('{"a": {"text": "x", "date": "then"}}', "a.json").rejects[0].sentence == "x"


def test_csv_with_a_column_of_texts() -> None:
    texts = read('日期,公告內容\n2026-08-08,"偵獲共機14架次\n共艦6艘"\n2026/8/7,y\n,\n', "a.csv", office="tw-mnd")
    assert [(t.name, t.published, t.text) for t in texts.texts] == [
        ("a.csv:3", date(2026, 8, 8), "偵獲共機14架次\n共艦6艘"),
        ("a.csv:4", date(2026, 8, 7), "y"),
    ]
    assert [r.reason for r in texts.rejects] == ["there is no text"]
    assert "no column" in read("a,b\n1,2\n", "a.csv").rejects[0].reason
    assert "does not parse" in read('text\n"x', "a.csv").rejects[0].reason


def test_html_gives_its_running_text() -> None:
    page = """<!doctype html><html><head><title>News</title>
    <meta property="article:published_time" content="2026-09-28T09:00:00+08:00">
    <meta property="og:url" content="https://example.org/n"><style>p {}</style></head><body><nav>Home 12</nav>
    <article><h1>PLA activities</h1><p>3 sorties of PLA aircraft,<br>5 PLAN ships&nbsp;and Taiwan&#x2019;s</p>
    <script>var a = 99;</script></article><footer>1234</footer></body></html>"""
    text = one(read(page, "a.html"))
    assert text.text == "PLA activities\n\n3 sorties of PLA aircraft,\n5 PLAN ships and Taiwan’s"
    assert (text.published, text.url) == (date(2026, 9, 28), "https://example.org/n")
    assert one(read("<p>a</p><p>b<td>c", "a.htm")).text == "a\n\nb c"
    headed = one(read("<html><head><body><pre>office: jcg<br>published: 2026-01-02<br><br>words</pre>", "a.html"))
    assert (headed.office, headed.text) == ("jcg", "words")
    assert read("<html><script>1</script></html>", "a.html").rejects


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.json", "a.csv", "a.html"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    texts = read_texts(data, name)
    assert texts.texts or texts.rejects or name == "a.csv" or data.strip() in (b"{}", b"[]")


def test_real_files_give_their_texts(shared_data: Path) -> None:
    path = shared_data / "official" / "japan_joint_staff_2026_part1.json"
    texts = read_texts(path.read_bytes(), path.name, office="jp-joint-staff")
    assert len(texts.texts) == 20 and not texts.rejects
    assert all(t.url.startswith("https://www.mod.go.jp/") for t in texts.texts)
    path = shared_data / "official" / "twreporter" / "Japan_jp_data_cleaned.csv"
    texts = read_texts(path.read_bytes(), path.name, office="jp-joint-staff")
    assert len(texts.texts) + len(texts.rejects) == 327
    assert all(r.reason == "there is no text" for r in texts.rejects)


def test_a_text_goes_to_the_parser_of_its_office() -> None:
    for office in ("jcg", "jp-joint-staff", "tw-cga", "tw-mnd"):
        assert office in parsers()
    assert all(office == parser.OFFICE for office, parser in parsers().items())
    parsed = parse(a_text("tw-mnd", "2026-05-20", "迄0600時止，偵獲共艦5艘。"), Region())
    assert [b.value for b in parsed.bulletins] == [5]
    nobody = parse(a_text("", "2026-05-20", "迄0600時止，偵獲共艦5艘。"), Region())
    assert nobody.bulletins == () and nobody.rejects[0].reason.startswith("the text names no office")
    with pytest.raises(UnknownName, match="'tw-mdn'"):
        parse(a_text("tw-mdn", "", "x"), Region())


class Stranger:
    OFFICE = "xx-office"

    @staticmethod
    def parse(source: object, places: object) -> Parsed:
        return Parsed()


def test_a_stranger_adds_an_office_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    def points(value: str, name: str = "xx-office"):
        parsers.cache_clear()
        monkeypatch.setattr(bulletins, "entry_points", lambda group: [EntryPoint(name, value, group)])

    points(f"{__name__}:Stranger")
    assert parse(a_text("xx-office", "", "x"), Region()) == Parsed()
    points(f"{__name__}:Stranger", "yy-office")
    with pytest.raises(UsageError, match="says that it is 'xx-office'"):
        parsers()
    points("no_such_module")
    with pytest.raises(UsageError, match="cannot be loaded"):
        parsers()
    monkeypatch.undo()
    parsers.cache_clear()
