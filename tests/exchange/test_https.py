"""The server and its client over real sockets on loopback."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from link_ends import End, Shelf, end

from offing.errors import BadDelivery, SharingError
from offing.exchange.carriers import Carrier, Head, https
from offing.exchange.carriers.https import HttpsCarrier
from offing.exchange.serving import Limits, Server
from offing.exchange.tls import TlsIdentity, client_context


class EndOfAnswer(Exception):
    """The other end hung up without a byte."""


@pytest.fixture
def us(tmp_path: Path) -> End:
    return end(tmp_path, "us")


@pytest.fixture
def jp(tmp_path: Path) -> End:
    return end(tmp_path, "jp")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def server(us: End, jp: End, shelf: Shelf) -> Iterator[Server]:
    with Server(shelf, us.chain, lambda: {"jp": jp.ca}) as s:
        yield s


def ask(server: Server, who: End, whom: End, **more: float) -> HttpsCarrier:
    return HttpsCarrier(whom.card(server.port), who.chain, **more)  # type: ignore[arg-type]


def raw_status(server: Server, who: End, whom: End, method: str, path: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    link = http.client.HTTPSConnection("127.0.0.1", server.port, context=client_context(who.chain, whom.ca), timeout=10)
    try:
        link.request(method, path)
        r = link.getresponse()
        return r.status, r.read(), [(k, v) for k, v in r.getheaders() if k != "Date"]
    finally:
        link.close()


def test_everything_laid_out_arrives_over_one_link(server: Server, shelf: Shelf, us: End, jp: End) -> None:
    big = bytes(range(256)) * 40_000
    shelf.batches |= {("jp", "tw", "jp", 1): b"one\n", ("jp", "tw", "jp", 2): big, ("tw", "jp", "tw", 1): b"not for jp"}
    shelf.papers["jp"] = [b'{"a":1}', b'{"b":2}']
    with ask(server, jp, us) as link:
        c: Carrier = link
        assert c.heads() == [Head("tw", "jp", 2, "ab" * 32)]
        assert c.fetch("tw", "jp", 1) == b"one\n"
        assert c.fetch("tw", "jp", 2) == big
        assert c.fetch("tw", "jp", 3) is None
        assert c.papers() == [b'{"a":1}', b'{"b":2}']
        first = link._link
        c.give_papers([b'{"receipt":1}', b'{"receipt":2}'])
        c.give_papers([])
        assert link._link is first and first is not None, "the link was opened anew between requests"
    assert shelf.taken == [("jp", [b'{"receipt":1}', b'{"receipt":2}'])]


def test_what_a_partner_may_not_have_is_answered_as_what_is_not_there(server: Server, shelf: Shelf, us: End, jp: End) -> None:
    shelf.batches[("tw", "jp", "tw", 1)] = b"for tw alone"
    paths = [
        "/v1/streams/jp/tw/1",
        "/v1/streams/jp/tw/2",
        "/v1/streams/nobody/at-all/9",
        "/v1/streams/jp/tw/0",
        "/",
        "/v1",
        "/v1/partners",
        "/v1/streams/jp/tw",
        "/v1/streams/../../etc/1",
        "/v1/streams/JP/tw/1",
        "/v1/heads/",
    ]
    answers = {str(raw_status(server, jp, us, "GET", p)) for p in paths}
    answers |= {str(raw_status(server, jp, us, m, "/v1/heads")) for m in ("PUT", "DELETE", "POST", "OPTIONS")}
    assert len(answers) == 1, answers
    assert answers.pop().startswith("(404, b''")


def test_a_stranger_gets_no_answer_and_learns_no_partner(server: Server, us: End, jp: End, tmp_path: Path) -> None:
    stranger = end(tmp_path, "stranger")
    with pytest.raises(SharingError, match="it hung up"):
        ask(server, stranger, us).heads()
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), 10) as raw, bare.wrap_socket(raw) as s:
        seen = x509.load_der_x509_certificate(s.getpeercert(True) or b"")
        with pytest.raises((ssl.SSLError, OSError, EndOfAnswer)):
            s.sendall(b"GET /v1/heads HTTP/1.1\r\nHost: x\r\n\r\n")
            if not s.recv(1):
                raise EndOfAnswer
    assert re.fullmatch("CN=offing [0-9a-f]{16}", seen.subject.rfc4514_string())
    with pytest.raises(x509.ExtensionNotFound):
        seen.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not here")
def test_the_server_names_no_authority_that_it_would_take(server: Server) -> None:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_3"]
    told = subprocess.run(command, check=False, input=b"", capture_output=True, timeout=20).stdout.decode()
    assert "No client certificate CA names sent" in told, told


def test_only_tls_1_3(server: Server, us: End, jp: End) -> None:
    old = client_context(jp.chain, us.ca)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", server.port), 10) as raw, pytest.raises(ssl.SSLError):
        old.wrap_socket(raw)


def test_a_server_with_another_authority_gets_not_one_byte_of_a_request(
    server: Server, us: End, jp: End, tmp_path: Path
) -> None:
    """Whoever took over the address of a partner: the card that is pinned names another authority."""
    real = end(tmp_path, "tw")
    with pytest.raises(SharingError, match="does not have the certificate that the card pins"):
        HttpsCarrier(real.card(server.port), jp.chain).heads()


def test_a_certificate_may_not_issue_another(server: Server, us: End, jp: End, tmp_path: Path) -> None:
    """A partner's link key cannot make further identities, and one partner's authority cannot stand in for another's."""
    other = TlsIdentity.create()
    forged = tmp_path / "forged.pem"
    forged.write_bytes(other.chain_pem)
    with pytest.raises(SharingError, match="it hung up"):
        HttpsCarrier(us.card(server.port), forged).heads()


def test_partners_pinned_and_unpinned_while_it_serves(us: End, jp: End, shelf: Shelf) -> None:
    pinned: dict[str, bytes] = {}
    shelf.batches[("jp", "us", "jp", 1)] = b"x"
    with Server(shelf, us.chain, lambda: pinned) as server:
        with pytest.raises(SharingError):
            ask(server, jp, us).heads()
        pinned["jp"] = jp.ca
        with ask(server, jp, us) as link:
            assert link.fetch("us", "jp", 1) == b"x"
            pinned.clear()
            assert link.fetch("us", "jp", 1) is None, "an open link outlived the partner"
        with ask(server, jp, us) as link:
            assert link.heads() == []


def test_two_partners_are_told_apart_by_their_certificates(us: End, jp: End, shelf: Shelf, tmp_path: Path) -> None:
    tw = end(tmp_path, "tw")
    shelf.batches |= {("jp", "us", "jp", 1): b"for jp", ("tw", "us", "tw", 1): b"for tw"}
    with (
        Server(shelf, us.chain, lambda: {"jp": jp.ca, "tw": tw.ca}) as server,
        ask(server, jp, us) as a,
        ask(server, tw, us) as b,
    ):
        assert (a.fetch("us", "jp", 1), a.fetch("us", "tw", 1)) == (b"for jp", None)
        assert (b.fetch("us", "jp", 1), b.fetch("us", "tw", 1)) == (None, b"for tw")


def test_a_partner_that_asks_too_often_is_put_off_and_comes_back(us: End, jp: End, shelf: Shelf, tmp_path: Path) -> None:
    tw = end(tmp_path, "tw")
    t = [0.0]
    slept: list[float] = []

    def sleep(s: float) -> None:
        slept.append(s)
        t[0] += s

    limits = Limits(requests_per_s=1, requests_burst=3)
    with Server(shelf, us.chain, lambda: {"jp": jp.ca, "tw": tw.ca}, limits, lambda: t[0]) as server:
        with HttpsCarrier(us.card(server.port), jp.chain, sleep=sleep) as link:
            for _ in range(6):
                link.heads()
            assert slept == [1, 1, 1]
        with (
            HttpsCarrier(us.card(server.port), jp.chain, sleep=lambda s: None) as link,
            pytest.raises(SharingError, match="limits how often"),
        ):
            link.heads()
        with ask(server, tw, us) as link:
            assert link.heads() == [], "one partner's flood stopped another"


def test_a_partner_has_a_quota_of_bytes(us: End, jp: End, shelf: Shelf) -> None:
    shelf.batches[("jp", "us", "jp", 1)] = bytes(1000)
    t = [0.0]
    with (
        Server(shelf, us.chain, lambda: {"jp": jp.ca}, Limits(bytes_per_s=100, bytes_burst=2500), lambda: t[0]) as server,
        HttpsCarrier(us.card(server.port), jp.chain, sleep=lambda s: None) as link,
    ):
        assert [len(link.fetch("us", "jp", 1) or b"") for _ in range(3)] == [1000] * 3
        with pytest.raises(SharingError, match="429"):
            link.fetch("us", "jp", 1)
        t[0] = 10.0
        assert link.fetch("us", "jp", 1)


def test_too_many_links_of_one_partner(us: End, jp: End, shelf: Shelf) -> None:
    with Server(shelf, us.chain, lambda: {"jp": jp.ca}, Limits(connections=4)) as server:
        links = [HttpsCarrier(us.card(server.port), jp.chain, sleep=lambda s: None) for _ in range(3)]
        try:
            assert [x.heads() for x in links[:2]] == [[], []]
            with pytest.raises(SharingError, match="429"):
                links[2].heads()
            links[0].close()
            deadline = time.monotonic() + 10
            while True:  # the server notices the end of a link a moment later
                try:
                    assert links[2].heads() == []
                    break
                except SharingError:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
        finally:
            for x in links:
                x.close()


def test_papers_beyond_the_cap_are_refused(us: End, jp: End, shelf: Shelf) -> None:
    with Server(shelf, us.chain, lambda: {"jp": jp.ca}, Limits(papers_bytes=1000)) as server:
        with ask(server, jp, us) as link, pytest.raises(SharingError, match="413"):
            link.give_papers([b"x" * 2000])
        with ask(server, jp, us) as link:
            link.give_papers([b"x" * 900])
    assert [len(p) for _, ps in shelf.taken for p in ps] == [900]


def test_an_answer_beyond_the_cap_is_not_read(
    server: Server, shelf: Shelf, us: End, jp: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.batches[("jp", "us", "jp", 1)] = bytes(5000)
    monkeypatch.setattr(https, "MAX_BATCH_BYTES", 4999)
    with ask(server, jp, us) as link:
        with pytest.raises(BadDelivery, match="more than 4999"):
            link.fetch("us", "jp", 1)
        assert link.heads() == [Head("us", "jp", 1, "ab" * 32)], "the link is of no use any more"


def test_a_failing_source_says_nothing_of_why(
    us: End, jp: End, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("secret path /home/x")

    monkeypatch.setattr(shelf, "batch_for", fail)
    with Server(shelf, us.chain, lambda: {"jp": jp.ca}) as server:
        status, body, headers = raw_status(server, jp, us, "GET", "/v1/streams/us/jp/1")
    assert (status, body) == (500, b"") and "secret" not in str(headers)
    assert "secret path" in caplog.text, "the owner was not told"


def test_the_second_address_is_tried(server: Server, us: End, jp: End) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dead:
        port = dead.getsockname()[1]
    with HttpsCarrier(us.card(port, server.port), jp.chain) as link:
        assert link.heads() == []


def test_no_address_and_no_listener(us: End, jp: End) -> None:
    with pytest.raises(SharingError, match="names no address"):
        HttpsCarrier(us.card(), jp.chain).heads()
    with socket.create_server(("127.0.0.1", 0)) as dead:
        port = dead.getsockname()[1]
    with pytest.raises(SharingError, match="nothing listens there"):
        HttpsCarrier(us.card(port), jp.chain).heads()


def test_a_server_that_came_back_is_asked_again_over_a_fresh_link(us: End, jp: End, shelf: Shelf) -> None:
    with Server(shelf, us.chain, lambda: {"jp": jp.ca}) as server:
        link, port = ask(server, jp, us), server.port
        assert link.heads() == []
    again = Server(shelf, us.chain, lambda: {"jp": jp.ca})
    again.start(port=port)
    try:
        assert link.heads() == []
    finally:
        link.close()
        again.stop()


class Drip:
    """An end with the right certificate that answers one byte at a time, or sends elsewhere."""

    def __init__(self, who: End, caller: End, answer: bytes, pause_s: float) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(who.chain)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer, self.pause_s, self.ended = answer, pause_s, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        raw, _ = self.listener.accept()
        try:
            with self.context.wrap_socket(raw, server_side=True) as s:
                s.recv(4096)
                if not self.pause_s:
                    s.sendall(self.answer)
                else:
                    for b in self.answer:
                        s.sendall(bytes([b]))
                        if self.ended.wait(self.pause_s):
                            break
        except OSError:
            pass

    def __enter__(self) -> Drip:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.listener.close()
        self.thread.join(10)


def test_a_partner_that_drips_is_cut_off(us: End, jp: End) -> None:
    with Drip(us, jp, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 2000, 0.05) as slow:
        start = time.monotonic()
        with pytest.raises(SharingError, match="cannot be reached"):
            HttpsCarrier(us.card(slow.port), jp.chain, silence_s=5, whole_s=0.5).fetch("us", "jp", 1)
        assert time.monotonic() - start < 4


def test_a_redirect_is_not_followed(us: End, jp: End) -> None:
    with (
        Drip(us, jp, b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 0) as sly,
        HttpsCarrier(us.card(sly.port), jp.chain) as link,
        pytest.raises(SharingError, match="with 302"),
    ):
        link.heads()


def test_a_compressed_answer_is_refused(us: End, jp: End) -> None:
    with (
        Drip(us, jp, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]", 0) as sly,
        HttpsCarrier(us.card(sly.port), jp.chain) as link,
        pytest.raises(BadDelivery, match="compressed"),
    ):
        link.heads()


ID = b'"' + b"ab" * 32 + b'"'
OTHER_LISTS = [
    b"{}",
    b"[[]]",
    b"[ ]",
    b"[[[[]]]]",
    b"\xff",
    b'[["jp","tw",1,2]]',
    b'[["jp","tw",1,"x"]]',
    b'["jp","tw",1,%s]' % ID,
]
OTHER_LISTS += [b'[["jp","tw",%s,%s]]' % (n, ID) for n in (b"0", b"true", b"-1", b"1.0", b"1e3", b'"1"', b"999999999999999")]
OTHER_LISTS += [b'[["jp","tw",1,%s],["jp","tw",2,%s]]' % (ID, ID), b'[["jp","tw",1,%s,1]]' % ID]
OTHER_LISTS += [
    b'[["%s","tw",1,%s]]' % (o, ID) for o in (b"", b"JP", b"../..", b"jp/tw", b"jp?x", b"jp HTTP/1.1", b"jp\\r\\nx")
]


@pytest.mark.parametrize("body", OTHER_LISTS)
def test_a_list_of_streams_of_another_form_is_refused(us: End, jp: End, body: bytes) -> None:
    with (
        Drip(us, jp, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body), 0) as sly,
        HttpsCarrier(us.card(sly.port), jp.chain) as link,
        pytest.raises(BadDelivery),
    ):
        link.heads()
