"""The page's own files: paths of views, ranges, packing, and what stands there before it was built."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from http_web import Web

from offing.faces.http.app import Server
from offing.faces.http.page import BUILD, VIEWS, file_of

INDEX = "<!doctype html><title>page</title>" + " " * 2_000
TILES = bytes(range(256)) * 8


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "index-DqQE3bS6.js").write_text("let a = 1;\n" * 200)
    (folder / "base.pmtiles").write_bytes(TILES)
    (tmp_path / "secret.txt").write_text("no")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def page(patrolled: Path, static: Path):
    server = Server(patrolled, static=static)
    yield Web(server)
    server.close()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_the_one_document(page: Web, view: str) -> None:
    got = page.ask(f"/{view}?zone=x&v=1")
    assert got.status_code == 200 and got.text == INDEX and got.headers["content-type"].startswith("text/html")
    assert got.headers["cache-control"] == "no-cache"


def test_files_and_their_types(page: Web) -> None:
    script = page.ask("/assets/index-DqQE3bS6.js", accept_encoding="gzip")
    assert script.headers["content-type"].startswith("text/javascript") and "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip" and script.text.startswith("let a")
    tiles = page.ask("/base.pmtiles", accept_encoding="gzip")
    assert tiles.content == TILES and "content-encoding" not in tiles.headers and tiles.headers["accept-ranges"] == "bytes"
    again = page.ask("/base.pmtiles", if_none_match=tiles.headers["etag"])
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("bytes=0-15", 0, 15),
        ("bytes=100-", 100, 2047),
        ("bytes=-10", 2038, 2047),
        ("bytes=2000-9999", 2000, 2047),
        ("bytes=7-7", 7, 7),
    ],
)
def test_parts_of_a_file(page: Web, said: str, low: int, high: int) -> None:
    got = page.ask("/base.pmtiles", range=said)
    assert got.status_code == 206 and got.content == TILES[low : high + 1]
    assert got.headers["content-range"] == f"bytes {low}-{high}/2048"


@pytest.mark.parametrize("said", ["bytes=2048-", "bytes=5000-6000", "bytes=-0"])
def test_parts_that_there_are_none_of(page: Web, said: str) -> None:
    got = page.ask("/base.pmtiles", range=said)
    assert got.status_code == 416 and got.headers["content-range"] == "bytes */2048"
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("said", ["bytes=a-b", "lines=1-2", "bytes=5-1", "bytes=0-1,5-6", "bytes=-"])
def test_ranges_of_other_kinds_give_the_whole_file(page: Web, said: str) -> None:
    assert page.ask("/base.pmtiles", range=said).content == TILES


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/link.txt",
        "/assets",
        "/x%00.js",
        "/..%5csecret.txt",
    ],
)
def test_nothing_outside_the_folder(page: Web, path: str) -> None:
    got = page.ask(path)
    assert got.status_code == 404 and got.text != "no"


def test_without_the_built_page_the_server_says_how_to_build_it(patrolled: Path, tmp_path: Path) -> None:
    server = Server(patrolled, static=tmp_path / "nowhere")
    try:
        web = Web(server)
        for path in ("/", "/day"):
            got = web.ask(path)
            assert got.status_code == 200 and BUILD.replace("&", "&amp;") in got.text and "<script" not in got.text
        assert web.ask("/assets/x.js").status_code == 404
        assert web.table("meta.json")["version"]
    finally:
        server.close()


def test_a_changed_file_is_sent_anew(static: Path) -> None:
    before = file_of("/", None, True, static)
    (static / "index.html").write_text(INDEX + "more")
    after = file_of("/", None, True, static)
    assert before.headers["etag"] != after.headers["etag"] and gzip.decompress(after.content).endswith(b"more")
