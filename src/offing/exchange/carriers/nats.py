"""A carrier over NATS JetStream, for a site that has such a bus already (extra `offing[nats]`).

The node that gives runs an `NatsOutlet`: it keeps one JetStream stream per neighbour, originator and final recipient, filled
with exactly what that neighbour may have at that time. The node that takes uses an `NatsCarrier`. The bus is trusted with
nothing: it may lose, repeat or reorder. Who may read `offing.FROM.TO.>` is for the server's accounts to say; without such
permissions every client of the bus can read what is given, so use it inside one site, or for sealed streams.

Run the server with `jetstream { sync_interval: always }`: by default it acknowledges what it has not yet written to disk, and
loses it when the power fails. Nothing is lost for good then either, the outlet writes again what is missing.

A text lies in parts at subjects `offing.FROM.TO.{_|ORIGINATOR.RECIPIENT}.KEY.SHA256.PARTS.PART`: whole when all its parts are
there. What is replaced is erased first, by its server's secure delete.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from offing.errors import BadDelivery, SharingError
from offing.exchange.carriers import (
    MAX_BATCH_BYTES,
    MAX_HEADS_BYTES,
    MAX_PAPERS_BYTES,
    Head,
    Source,
    decode_heads,
    decode_papers,
    encode_heads,
    encode_papers,
)

if TYPE_CHECKING:
    from nats.js import JetStreamContext

PART_BYTES = 512 << 10
"""Length of a part; a server takes 1 MiB by default."""

T = TypeVar("T")


class NatsBus:
    """One node's connection to the bus, in a thread of its own; also a context manager."""

    def __init__(
        self,
        servers: Sequence[str],
        tls: ssl.SSLContext | None = None,
        credentials: Path | None = None,
        timeout_s: float = 20.0,
    ) -> None:
        """`servers`: like tls://bus.example:4222. `credentials`: a NATS credentials file.

        Raises:
            SharingError: the extra is not installed, or no server answers.
        """
        try:
            import nats
            from nats.errors import Error
        except ImportError:
            raise SharingError("The NATS carrier is not installed.", "Install it with `pip install 'offing[nats]'`.") from None
        self._errors: tuple[type[BaseException], ...] = (Error, OSError, TimeoutError)
        self._timeout_s = timeout_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="offing-nats", daemon=True)
        self._thread.start()

        async def quiet(_: Exception) -> None:
            """Failures are told by what was asked, not by the connection."""

        try:
            self._nc = self.run(
                lambda: nats.connect(
                    servers=list(servers),
                    tls=tls,
                    user_credentials=str(credentials) if credentials else None,
                    connect_timeout=5,
                    reconnect_time_wait=1,
                    max_reconnect_attempts=-1,
                    error_cb=quiet,
                    name="offing",
                ),
                min(timeout_s, 6.0),
            )
        except BaseException:
            self._end()
            raise
        self.js: JetStreamContext = self._nc.jetstream(timeout=min(5.0, timeout_s))

    def run(self, act: Callable[[], Coroutine[Any, Any, T]], timeout_s: float | None = None) -> T:
        """Do something on the bus and wait for it.

        Raises:
            SharingError: the bus does not answer, or refuses.
        """

        async def within() -> T:
            async with asyncio.timeout(timeout_s or self._timeout_s):
                return await act()

        try:
            return asyncio.run_coroutine_threadsafe(within(), self._loop).result()
        except self._errors as error:
            said = str(error) or type(error).__name__
            raise SharingError(
                f"The NATS bus cannot be used: {said}.", "Nothing is lost: try again, or carry a folder."
            ) from None

    def close(self) -> None:
        """End the connection and the thread."""
        if self._thread.is_alive():
            self.run(self._nc.close)
            self._end()

    def __enter__(self) -> NatsBus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self) -> None:
        async def rest() -> None:
            others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for t in others:
                t.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(rest(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class NatsCarrier:
    """Takes from one neighbour over the bus."""

    def __init__(self, bus: NatsBus, me: str, neighbour: str) -> None:
        """`me` and `neighbour`: ids of nodes."""
        self.neighbour = neighbour
        self._bus, self._me = bus, me

    def heads(self) -> list[Head]:
        """See `Carrier.heads`."""
        raw = self._get(_control(self.neighbour, self._me), "heads", MAX_HEADS_BYTES)
        return decode_heads(raw) if raw else []

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        """See `Carrier.fetch`."""
        return self._get(_data(self.neighbour, self._me, originator, recipient), str(seq), MAX_BATCH_BYTES)

    def papers(self) -> list[bytes]:
        """See `Carrier.papers`."""
        raw = self._get(_control(self.neighbour, self._me), "papers", MAX_PAPERS_BYTES)
        return decode_papers(raw) if raw else []

    def give_papers(self, papers: Sequence[bytes]) -> None:
        """See `Carrier.give_papers`. They lie on the bus until the neighbour's outlet fetches them."""
        if papers:
            raw = encode_papers(papers)
            shelf = _Shelf(self._bus.js, *_control(self._me, self.neighbour))
            self._bus.run(partial(shelf.put, f"given-{sha256(raw).hexdigest()[:16]}", raw))

    def _get(self, at: tuple[str, str], key: str, max_bytes: int) -> bytes | None:
        shelf = _Shelf(self._bus.js, *at)
        return self._bus.run(partial(shelf.get, key, max_bytes))


class NatsOutlet:
    """Gives to neighbours over the bus what a source says each may have."""

    def __init__(self, bus: NatsBus, source: Source, me: str) -> None:
        """`me`: this node's id."""
        self._bus, self._source, self._me = bus, source, me

    def publish(self, neighbour: str) -> int:
        """Bring the bus to what the neighbour may have now, and take the papers that it left. How many batches were written.

        Everything is rendered anew, so that what was withdrawn since is erased from the bus, whole streams included.
        """
        control = _Shelf(self._bus.js, *_control(self._me, neighbour))
        old = self._bus.run(partial(control.get, "heads", MAX_HEADS_BYTES))
        heads = list(self._source.heads_for(neighbour))
        for stream in {h[:2] for h in decode_heads(old or b"[]")} - {h[:2] for h in heads}:
            gone = _Shelf(self._bus.js, *_data(self._me, neighbour, *stream))
            self._bus.run(gone.delete)
        written = sum(self._publish_stream(neighbour, h) for h in heads)
        self._bus.run(partial(control.put, "heads", encode_heads(heads)))
        self._bus.run(partial(control.put, "papers", encode_papers(self._source.papers_for(neighbour))))
        self._take_papers(neighbour)
        return written

    def _publish_stream(self, neighbour: str, head: Head) -> int:
        shelf = _Shelf(self._bus.js, *_data(self._me, neighbour, head.originator, head.recipient))
        written = 0
        for seq in range(1, head.seq + 1):
            raw = self._source.batch_for(neighbour, head.originator, head.recipient, seq)
            if raw is None:
                self._bus.run(partial(shelf.drop, str(seq)))
            else:
                written += self._bus.run(partial(shelf.put, str(seq), raw))
        return written

    def _take_papers(self, neighbour: str) -> None:
        theirs = _Shelf(self._bus.js, *_control(neighbour, self._me))
        for key in self._bus.run(theirs.keys):
            if not key.startswith("given-"):
                continue
            try:
                raw = self._bus.run(partial(theirs.get, key, MAX_PAPERS_BYTES))
                if raw is None:
                    continue  # not all of it is there yet
                self._source.take_papers(neighbour, decode_papers(raw))
            except BadDelivery:
                pass  # whatever this is, it is no list of papers: it goes, like one that was taken
            self._bus.run(partial(theirs.drop, key))


class _Shelf:
    """One JetStream stream as a small store of texts by key."""

    def __init__(self, js: JetStreamContext, name: str, prefix: str) -> None:
        self._js, self._name, self._prefix = js, name, prefix

    async def keys(self) -> list[str]:
        """Every key of which a part is there."""
        return sorted({s[len(self._prefix) + 1 :].split(".")[0] for s in await self._subjects(">")})

    async def put(self, key: str, raw: bytes) -> bool:
        """Let exactly this text lie at the key; whether anything had to be written."""
        digest = sha256(raw).hexdigest()
        parts = [raw[i : i + PART_BYTES] for i in range(0, len(raw), PART_BYTES)] or [b""]
        due = {f"{self._prefix}.{key}.{digest}.{len(parts)}.{i}": part for i, part in enumerate(parts)}
        there = set(await self._subjects(f"{key}.>"))
        for subject in there - set(due):
            await self._erase(subject)
        missing = [s for s in due if s not in there]
        if missing:
            await self._ensure()
        for subject in missing:
            await self._js.publish(subject, due[subject], stream=self._name)
        return bool(missing)

    async def get(self, key: str, max_bytes: int) -> bytes | None:
        """The text at a key, None where there is none or not all of it."""
        from nats.js.errors import NotFoundError

        there = await self._subjects(f"{key}.>")
        for digest, n in sorted({tuple(s.split(".")[-3:-1]) for s in there}):
            subjects = [f"{self._prefix}.{key}.{digest}.{n}.{i}" for i in range(_count(n))]
            if not subjects or not set(subjects) <= set(there):
                continue
            raw = b""
            try:
                for s in subjects:
                    raw += (await self._js.get_last_msg(self._name, s)).data or b""
                    if len(raw) > max_bytes:
                        raise BadDelivery(f"What lies on the bus at {s} is longer than {max_bytes} bytes.", "Ask who gives it.")
            except NotFoundError:
                continue  # replaced at this moment
            if sha256(raw).hexdigest() == digest:
                return raw
        return None

    async def drop(self, key: str) -> None:
        """Erase what lies at a key."""
        for subject in await self._subjects(f"{key}.>"):
            await self._erase(subject)

    async def delete(self) -> None:
        """Erase everything, and the stream itself."""
        from nats.js.errors import NotFoundError

        for subject in await self._subjects(">"):
            await self._erase(subject)
        try:
            await self._js.delete_stream(self._name)
        except NotFoundError:
            return

    async def _ensure(self) -> None:
        from nats.js.api import StreamConfig

        config = StreamConfig(name=self._name, subjects=[f"{self._prefix}.>"], max_msgs_per_subject=1)
        await self._js.add_stream(config)  # the same again changes nothing

    async def _subjects(self, tail: str) -> Mapping[str, int]:
        from nats.js.errors import NotFoundError

        try:
            info = await self._js.stream_info(self._name, subjects_filter=f"{self._prefix}.{tail}")
        except NotFoundError:
            return {}
        return info.state.subjects or {}

    async def _erase(self, subject: str) -> None:
        from nats.js.errors import NotFoundError

        try:
            message = await self._js.get_last_msg(self._name, subject)
            await self._js.delete_msg(self._name, message.seq or 0)  # overwrites the bytes on the server's disk
        except NotFoundError:
            return


def _control(giver: str, taker: str) -> tuple[str, str]:
    """Name and subject of the stream with heads and papers."""
    g, t = _token(giver), _token(taker)
    return f"offing--{g}--{t}", f"offing.{g}.{t}._"


def _data(giver: str, taker: str, originator: str, recipient: str) -> tuple[str, str]:
    """Name and subject of the stream with the batches of one originator for one recipient."""
    g, t, o, r = (_token(x) for x in (giver, taker, originator, recipient))
    return f"offing--{g}--{t}--{o}--{r}", f"offing.{g}.{t}.{o}.{r}"


def _token(node: str) -> str:
    return node.replace(".", "%2E")


def _count(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0
