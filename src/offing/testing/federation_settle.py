"""After the storm: links and nodes come back, everyone pulls until nothing moves; then every node must hold what it should."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offing.testing.federation_model import DAY_MS, HOUR_MS, Words, expired, start_of
from offing.testing.federation_run import Broken, Simulation
from offing.testing.federation_watch import Stream

QUIET_ROUNDS = 12
MARGIN_MS = 26 * HOUR_MS  # around an expiry, where clocks may differ and "expired" may be said early


@dataclass
class Tally:
    """What a seed tried, so that nobody mistakes an empty world for a proof."""

    streams_n: int = 0  # with something ever released
    through_n: int = 0  # that must have arrived
    by_hub_n: int = 0  # of these, over a hub alone
    records_n: int = 0  # shown by their recipients in the end
    gone_n: int = 0  # withdrawn, corrected or expired versions that are nowhere any more
    receipts_n: int = 0  # back at their originators


def settle(s: Simulation) -> Tally:
    """Heal all, wait, look. Raises `Broken`."""
    _heal(s)
    _pull_until_quiet(s)
    tally = Tally()
    reached: dict[Stream, set[str]] = {}
    for originator in s.draw.originators:
        for recipient in s.draw.names:
            if s.watch.ever.get((originator, recipient)):
                reached[originator, recipient] = _look(s, originator, recipient, tally)
    _nothing_left(s, reached, tally)
    return tally


def _heal(s: Simulation) -> None:
    s.log("all is mended")
    s.faults = False
    s.cut.clear()
    s.pass_time(None)
    while any(abs(t - s.now_ms) < MARGIN_MS + DAY_MS for t in _turns(s)):
        s.pass_time(12 * HOUR_MS)
    for name in s.draw.names:
        s.disk(name).kill_at(None)
        s.restart(name)
    for name in s.draw.names:
        for at in s.draw.names:
            if name in s.model.papers[at].cards:
                s.pin(at, name)
    s.pass_time(None)


def _turns(s: Simulation) -> set[int]:
    """When labels expire."""
    every = (r.expires for name in s.draw.names for r in s.model.papers[name].rules)
    return {start_of(day) + DAY_MS for day in every if day is not None}


def _pull_until_quiet(s: Simulation) -> None:
    before: list[object] = []
    for n in range(QUIET_ROUNDS):
        s.log(f"round {n + 1}")
        moved = False
        for name in s.draw.names:
            moved |= s.release(name) > 0
        for taker, giver in s.links:
            summary = s.pull(taker, giver)
            assert summary is not None, f"{taker} died in peace"
            if summary.broken:
                raise Broken(f"{taker} cannot pull from {giver} in peace: {summary.broken}")
            moved |= any(t.state == "new" for t in summary.taken)
        now = [_papers(s, name) for name in s.draw.names]
        if not moved and now == before:
            return
        before = now
    raise Broken(f"it does not come to rest in {QUIET_ROUNDS} rounds")


def _papers(s: Simulation, name: str) -> object:
    """All that a node holds of papers."""
    with s.disk(name).read() as db:
        papers = db.execute("SELECT kind, about, by, verified, t_ms FROM papers ORDER BY kind, about, by").fetchall()
        return papers, db.execute("SELECT id, envelope FROM cards ORDER BY id").fetchall()


def _look(s: Simulation, originator: str, recipient: str, tally: Tally) -> set[str]:
    """One stream at its recipient; the nodes that its news reach."""
    stream = (originator, recipient)
    tally.streams_n += 1
    sealed = s.model.seals(*stream)
    live = {held.marker: Words.of(label, sealed) for held, label in s.model.released(originator, recipient)}
    shown = {m: key for key, m in s.shown(recipient).items() if key[0] == originator}
    ways = s.model.ways(originator, recipient, list(live.values()) or _bare_words(s, stream))
    if not live:  # nobody is told of an empty stream who never had anything of it
        ways = [w for w in ways if all((name, stream) in s.watch.had for name in w[1:])]
    if sealed and recipient not in s.model.papers[originator].cards:
        ways = []  # without its recipient's card there is nothing to seal it with
    if ways:
        tally.through_n += 1
        tally.by_hub_n += all(len(w) > 2 for w in ways)
        if set(shown) != set(live):
            lost, extra = sorted(set(live) - set(shown)), sorted(set(shown) - set(live))
            raise Broken(f"{recipient} lacks {lost} and shows {extra} of {originator}, though there is a way: {ways[0]}")
        tally.records_n += len(shown)
        _receipt(s, stream, tally)
    return {name for w in ways for name in w} | {originator}


def _bare_words(s: Simulation, stream: Stream) -> list[Words]:
    """All that a stream ever had, as if it had not expired: where that could go, its withdrawals can."""
    return [replace(w, expires_ms=None) for words in s.watch.ever[stream].values() for w in words]


def _nothing_left(s: Simulation, reached: dict[Stream, set[str]], tally: Tally) -> None:
    """No byte of what is withdrawn, corrected or expired, on any disk that the word of it could reach."""
    live = {h.marker for o, r in reached for h, _ in s.model.released(o, r)}
    images = {name: s.disk(name).image() for name in s.draw.names}
    every = {m for stream in reached for m in s.watch.ever[stream]}
    for marker in sorted(every - live):
        streams = [stream for stream in reached if marker in s.watch.ever[stream]]
        for name, image in images.items():
            if marker.encode() in image and all(_must_know(s, name, x, marker, reached[x]) for x in streams):
                raise Broken(f"{marker} of {streams} is gone, and still lies on the disk of {name}")
    tally.gone_n += len(every - live)


def _must_know(s: Simulation, name: str, stream: Stream, marker: str, reached: set[str]) -> bool:
    """Whether this node cannot rightly hold a record any more by this stream."""
    over = all(expired(w, s.model.clock(name) - MARGIN_MS) for w in s.watch.ever[stream][marker])
    return over or name in reached or (name, stream) not in s.watch.heard


def _receipt(s: Simulation, stream: Stream, tally: Tally) -> None:
    """The originator has its recipient's word for all that it sent."""
    originator, recipient = stream
    with s.disk(originator).read() as db:
        (head,) = db.execute(
            "SELECT head_seq FROM streams WHERE originator = ? AND recipient = ?", (originator, recipient)
        ).fetchone()
    last = max(
        (r.seq for r in s.node(originator).receipts() if (r.originator, r.recipient, r.by) == (*stream, recipient)), default=0
    )
    if last != head:
        raise Broken(f"{originator} has a receipt of {recipient} up to {last}, and sent {head}")
    tally.receipts_n += 1
