"""`offing serve` as a process: where it listens, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from offing.errors import UsageError
from offing.faces.http.serving import is_loopback, parse_address

OFFING = Path(sys.executable).parent / "offing"
pytestmark = pytest.mark.skipif(not OFFING.exists(), reason="the package is not installed beside this Python")


@contextmanager
def serving(book: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own, ended by its process id."""
    process = subprocess.Popen(
        [OFFING, "--logbook", book, "serve", "--listen", "127.0.0.1:0", *words], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.startswith("Serving "), said + process.stderr.read()
        yield process, said.split()[-1]
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
        process.wait(30)
        process.stderr.close()  # type: ignore[union-attr]


def fetch(address: str, **headers: str) -> tuple[int, bytes]:
    for _ in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as got:
                return got.status, got.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except urllib.error.URLError:  # it is bound, and not yet accepting
            time.sleep(0.1)
    raise AssertionError("it never answered")


def test_it_serves_until_it_is_told_to_stop(patrolled: Path) -> None:
    with serving(patrolled) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        status, body = fetch(f"{address}api/v1/meta.json")
        assert status == 200 and json.loads(body)["node"] == "here"
        assert fetch(address)[0] == 200
        assert fetch(f"{address}api/v1/meta.json", Host="evil.example")[0] == 421
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130, -signal.SIGINT)


def test_tokens_of_a_file(patrolled: Path, tmp_path: Path) -> None:
    path = tmp_path / "readers.toml"
    path.write_text('[[readers]]\nrole = "press"\ntoken = "ppppppppppppppppppppp"\n')
    with serving(patrolled, "--token-file", str(path)) as (_, address):
        assert fetch(f"{address}api/v1/meta.json")[0] == 401
        status, body = fetch(f"{address}api/v1/meta.json", Authorization="Bearer ppppppppppppppppppppp")
        assert status == 200 and json.loads(body)["role"] == "press"


def test_an_address_in_use_is_a_sentence(patrolled: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [OFFING, "--logbook", patrolled, "serve", "--listen", where],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2 and done.stderr.startswith(f"offing: {where} cannot be listened on")


@pytest.mark.parametrize("words", [("--listen", "8460"), ("--listen", "127.0.0.1:x"), ("--token-file", "nowhere.toml")])
def test_options_that_do_not_fit(patrolled: Path, ask, words: tuple[str, ...]) -> None:
    said = ask("serve", *words)
    assert said.status == 2 and said.err.startswith("offing: ") and "Traceback" not in said.err


def test_addresses() -> None:
    assert parse_address("[::1]:80") == ("::1", 80) and parse_address("localhost:0") == ("localhost", 0)
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "watch.example")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    for text in ("", "host", ":80", "host:99999", "host:-1"):
        with pytest.raises(UsageError):
            parse_address(text)
