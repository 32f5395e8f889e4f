"""The default carrier: a node asks its neighbour over HTTPS. Nothing is said before the neighbour's pinned authority is proved.

Only the addresses of the pinned card are ever called. There are no redirects, proxies, cookies, compression or name checks:
an address that leads elsewhere fails at the certificate, before the first byte of a request.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from offing.errors import BadDelivery, SharingError
from offing.exchange.carriers import (
    MAX_BATCH_BYTES,
    MAX_HEADS_BYTES,
    MAX_PAPERS_BYTES,
    Head,
    decode_heads,
    decode_papers,
    encode_papers,
)
from offing.exchange.papers import Card
from offing.exchange.tls import client_context

_ATTEMPTS = 3
_MAX_WAIT_S = 5


class _Answer(NamedTuple):
    status: int
    body: bytes
    retry_after_s: int


class HttpsCarrier:
    """One link to one neighbour, kept open between requests; not for two threads at once."""

    def __init__(
        self,
        card: Card,
        chain: Path,
        silence_s: float = 20.0,
        whole_s: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`card`: the neighbour's, pinned. `chain`: this node's `tls.pem`. A link fails after `silence_s` without a byte,
        and a request that takes longer than `whole_s` altogether."""
        self.neighbour = card.id
        self._addresses = card.addresses
        self._context = client_context(chain, bytes.fromhex(card.tls_ca))
        self._silence_s, self._whole_s, self._sleep = silence_s, whole_s, sleep
        self._link: http.client.HTTPSConnection | None = None

    def heads(self) -> list[Head]:
        """See `Carrier.heads`."""
        return decode_heads(self._get("/v1/heads", MAX_HEADS_BYTES) or b"[]")

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        """See `Carrier.fetch`."""
        return self._get(f"/v1/streams/{originator}/{recipient}/{seq}", MAX_BATCH_BYTES)

    def papers(self) -> list[bytes]:
        """See `Carrier.papers`."""
        return decode_papers(self._get("/v1/papers", MAX_PAPERS_BYTES) or b"")

    def give_papers(self, papers: Sequence[bytes]) -> None:
        """See `Carrier.give_papers`."""
        if papers:
            self._request("POST", "/v1/papers", encode_papers(papers), 0, (204,))

    def close(self) -> None:
        """End the link; the next request opens it again."""
        if self._link:
            self._link.close()
            self._link = None

    def __enter__(self) -> HttpsCarrier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, path: str, max_bytes: int) -> bytes | None:
        answer = self._request("GET", path, None, max_bytes, (200, 404))
        return answer.body if answer.status == 200 else None

    def _request(self, method: str, path: str, body: bytes | None, max_bytes: int, expected: tuple[int, ...]) -> _Answer:
        for attempt in range(_ATTEMPTS):
            answer = self._once(method, path, body, max_bytes)
            if answer.status in expected:
                return answer
            if answer.status != 429 or attempt == _ATTEMPTS - 1:
                break
            self._sleep(min(answer.retry_after_s, _MAX_WAIT_S))
        busy = answer.status == 429
        raise SharingError(
            f"{self.neighbour} answered {path} with {answer.status}{', it limits how often it is asked' if busy else ''}.",
            "Try again later." if busy else "Ask its owner to look at its log.",
        )

    def _once(self, method: str, path: str, body: bytes | None, max_bytes: int) -> _Answer:
        """One request, over a link that is open or a fresh one: an open one may have died since it was used."""
        if self._link is not None:
            try:
                return self._exchange(self._link, method, path, body, max_bytes)
            except (OSError, http.client.HTTPException):
                self.close()
        failures = []
        for address in self._addresses:
            u = urlsplit(address)
            link = http.client.HTTPSConnection(u.hostname or "", u.port, timeout=self._silence_s, context=self._context)
            try:
                answer = self._exchange(link, method, path, body, max_bytes)
            except (OSError, http.client.HTTPException) as error:
                link.close()
                failures.append(f"{address}: {_why(error)}")
                continue
            self._link = link
            return answer
        said = "; ".join(failures) or "its card names no address"
        raise SharingError(f"{self.neighbour} cannot be reached ({said}).", "Nothing is lost: try again, or carry a folder.")

    def _exchange(
        self, link: http.client.HTTPSConnection, method: str, path: str, body: bytes | None, max_bytes: int
    ) -> _Answer:
        watch = threading.Timer(self._whole_s, _cut, [link])
        watch.daemon = True
        watch.start()
        try:
            link.request(method, path, body, {"Accept-Encoding": "identity"})
            response = link.getresponse()
            if response.getheader("Content-Encoding"):
                raise BadDelivery(f"{self.neighbour} sent a compressed answer.", "Ask which version of offing it runs.")
            raw = response.read(max_bytes + 1) if response.status == 200 else response.read(1024)
            if len(raw) > max_bytes and response.status == 200:
                raise BadDelivery(
                    f"{self.neighbour} sent more than {max_bytes} bytes for {path}.", "Ask which version of offing it runs."
                )
            if not response.isclosed():
                link.close()  # more lies on the link than was read
            after = response.getheader("Retry-After") or "1"
            return _Answer(response.status, raw, int(after) if after.isdigit() and len(after) < 6 else 1)
        except BadDelivery:
            link.close()
            raise
        finally:
            watch.cancel()


def _cut(link: http.client.HTTPSConnection) -> None:
    if link.sock is not None:
        link.sock.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    """A failure of a link in words for the owner."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "what answers there does not have the certificate that the card pins"
    hung_up = isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError))
    if hung_up or (isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or "")):
        return "it hung up, as it does on those whose card it has not pinned"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, http.client.IncompleteRead):
        return "the link broke in the middle of an answer"
    return str(error) or type(error).__name__
