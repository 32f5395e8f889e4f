"""What happens in a simulated federation: chance picks an act, each is written into the trace."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from offing.errors import OffingError
from offing.exchange.carriers import folder
from offing.model.times import HOUR_MS
from offing.testing.federation_model import Held, day_of
from offing.testing.federation_run import HASH, MINUTE_MS, Broken, Simulation

ROUGH = 0.15  # of the folders on their way are damaged


class Acts:
    """The acts of one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self.s = simulation
        simulation.move = self.move
        every: dict[Callable[[], None], int] = {
            self.pull: 36, self.send: 7, self.carry: 5, self.write: 8, self.correct: 6, self.retract: 4, self.rule: 5,
            self.unrule: 3, self.pass_release: 3, self.end: 2, self.agree: 3, self.arm: 7, self.crash: 2, self.rotate: 1,
            self.wipe: 1, self.part: 3, self.mend: 4, self.pin: 1, self.wait: 9,
        }  # fmt: skip
        self._every, self._weights = list(every), list(every.values())

    def begin(self) -> None:
        """Who knows and trusts whom at the start, and what there is to release."""
        s, rng = self.s, self.s.rng
        self.pairs = s.draw.pairs()
        s.log(f"{len(s.draw.names)} nodes, originators {' '.join(s.draw.originators)}, sealing: {s.draw.seals}")
        for pair in self.pairs:
            if rng.random() < 0.95:
                s.links += [pair, (pair[1], pair[0])]
                s.pin(*pair)
                s.pin(pair[1], pair[0])
            self._agree(pair)
        for _ in range(rng.randint(0, 3)):
            self.pin()
        for originator in s.draw.originators:
            for _ in range(rng.randint(3, 8)):
                self._write(originator)
            for _ in range(rng.randint(1, 3)):
                self._rule(originator)
            s.release(originator)

    def step(self) -> None:
        """One act, and some minutes."""
        act: Callable[[], None] = self.s.rng.choices(self._every, self._weights)[0]
        act()
        self.s.pass_time(self.s.rng.randint(1, 90) * MINUTE_MS)

    # originators --------------------------------------------------------------------------------------------------------
    def write(self) -> None:
        """A new record, and a release pass."""
        originator = self._originator()
        self._write(originator)
        self.s.release(originator)

    def correct(self, originator: str | None = None) -> None:
        """Another version of a record, and a release pass."""
        s, originator = self.s, originator or self._originator()
        if records := s.model.papers[originator].records:
            before = records[s.rng.choice(sorted(records))]
            s.log(f"{originator} corrects {before.id}")
            self._keep(originator, s.draw.held(originator, s.now_ms, before))
            s.release(originator)

    def retract(self) -> None:
        """A record is no more, and a release pass."""
        s, originator = self.s, self._originator()
        if records := s.model.papers[originator].records:
            gone = s.rng.choice(sorted(records))
            s.log(f"{originator} withdraws {gone[1]}")
            del records[gone]
            s.release(originator)

    def rule(self) -> None:
        """A new rule."""
        originator = self._originator()
        self._rule(originator)
        self.s.release(originator)

    def unrule(self) -> None:
        """A rule is removed."""
        s, originator = self.s, self._originator()
        rules = s.model.papers[originator].rules
        if standing := [i for i, r in enumerate(rules) if r.removed_ms is None]:
            i = s.rng.choice(standing)
            s.log(f"{originator} removes rule {rules[i].n}")
            rules[i] = replace(rules[i], removed_ms=s.now_ms)
            s.release(originator)

    def pass_release(self) -> None:
        """A release pass without any news but the clock's."""
        self.s.release(self._originator())

    def move(self, name: str) -> None:
        """Something happens at one node while another asks it."""
        if name in self.s.draw.originators:
            self.correct(name)

    def _originator(self) -> str:
        return self.s.rng.choice(self.s.draw.originators)

    def _write(self, originator: str) -> None:
        held = self.s.draw.held(originator, self.s.now_ms)
        self.s.log(f"{originator} has {held.id} {held.marker}")
        self._keep(originator, held)

    def _keep(self, originator: str, held: Held) -> None:
        self.s.model.papers[originator].records[held.kind, held.id] = held
        self.s.watch.markers[held.marker] = (originator, held)

    def _rule(self, originator: str) -> None:
        rules = self.s.model.papers[originator].rules
        rules.append(self.s.draw.rule(originator, len(rules) + 1, day_of(self.s.now_ms)))
        self.s.log(f"{originator} adds {rules[-1]}")

    # agreements and cards -----------------------------------------------------------------------------------------------
    def agree(self) -> None:
        """Two partners agree anew."""
        self._agree(self.s.rng.choice(self.pairs))

    def _agree(self, pair: tuple[str, str]) -> None:
        s = self.s
        agreement = s.draw.agreement(pair, day_of(s.now_ms))
        s.agree(pair[0], agreement)
        if s.rng.random() < 0.8:
            s.agree(pair[1], agreement)
        else:
            s.after(s.rng.randint(1, 72) * HOUR_MS, "second side", lambda: s.agree(pair[1], agreement))

    def end(self) -> None:
        """One side ends an agreement."""
        s = self.s
        at = s.rng.choice(s.draw.names)
        if held := sorted(s.model.papers[at].agreements):
            s.end(at, s.model.papers[at].agreements[s.rng.choice(held)], s.rng.random() < 0.7)
            if s.rng.random() < 0.5:
                s.release(at)

    def pin(self) -> None:
        """A card is pinned by hand, of a stranger perhaps."""
        s = self.s
        at, other = s.rng.sample(s.draw.names, 2)
        s.pin(at, other)

    def rotate(self) -> None:
        """A new signing key, which some partners learn at once."""
        s = self.s
        name = s.rng.choice(s.draw.names)
        if s.is_up(name):
            s.rotate(name)
            for at in s.draw.names:
                if name in s.model.papers[at].cards and s.rng.random() < 0.5:
                    s.pin(at, name)
            s.release(name)

    # misfortune ---------------------------------------------------------------------------------------------------------
    def arm(self) -> None:
        """A node will die at one of its next commits."""
        s = self.s
        s.arm(s.rng.choice(s.draw.names), s.rng.randint(1, 6), s.rng.random() < 0.5)

    def crash(self) -> None:
        """A node dies between two acts."""
        s = self.s
        name = s.rng.choice(s.draw.names)
        if s.is_up(name):
            s.stop(name)
            s.after(s.rng.randint(1, 30) * HOUR_MS, "restart", lambda: s.restart(name))

    def wipe(self) -> None:
        """A node that originates nothing loses its disk."""
        s = self.s
        name = s.rng.choice(s.draw.hubs)
        if s.is_up(name):
            s.wipe(name)

    def part(self) -> None:
        """A link goes down."""
        s = self.s
        if s.links:
            link = frozenset(s.rng.choice(s.links))
            s.log(f"no link between {' and '.join(sorted(link))}")
            s.cut.add(link)

    def mend(self) -> None:
        """A link comes back."""
        s = self.s
        if s.cut:
            link = s.rng.choice(sorted(s.cut, key=sorted))
            s.log(f"a link again between {' and '.join(sorted(link))}")
            s.cut.discard(link)

    def wait(self) -> None:
        """Hours go by."""
        self.s.pass_time(self.s.rng.randint(1, 24) * HOUR_MS)

    # carriers -----------------------------------------------------------------------------------------------------------
    def pull(self) -> None:
        """One node pulls from a neighbour."""
        if self.s.links:
            self.s.pull(*self.s.rng.choice(self.s.links))

    def send(self) -> None:
        """A neighbour's batches and papers go one by one, late, twice, out of order."""
        s = self.s
        if not s.links:
            return
        taker, giver = s.rng.choice(s.links)
        for head in s.heads(giver, taker) or ():
            self._send_stream(giver, taker, (head.originator, head.recipient), head.seq)
        papers = s.papers(giver, taker) or []
        s.after(s.rng.randint(1, 48) * HOUR_MS, "papers", lambda: self._hand(giver, taker, papers))

    def _send_stream(self, giver: str, taker: str, stream: tuple[str, str], last: int) -> None:
        s = self.s
        for seq in range(max(1, last - s.rng.randint(0, 6)), last + 1):
            raw = s.give(giver, taker, stream, seq)
            for _ in range(s.rng.choice((0, 1, 1, 1, 2)) if raw is not None else 0):
                wait_ms = s.rng.randint(1, 40) * HOUR_MS // 2
                s.after(wait_ms, "batch", lambda q=seq, b=raw: s.deliver(giver, taker, stream, q, b))  # type: ignore[misc]

    def _hand(self, giver: str, taker: str, papers: list[bytes]) -> None:
        self.s.check_papers(taker, giver, self.s.act(taker, lambda n: n.take_papers(giver, papers)) or ())

    def carry(self) -> None:
        """A folder is written, and carried by hand for hours or days; it may get damaged on the way, or be read twice."""
        s = self.s
        if not s.links:
            return
        taker, giver = s.rng.choice(s.links)
        if files := self._written(giver, taker):
            for _ in range(s.rng.choice((1, 1, 2))):
                rough = s.rng.random() < ROUGH
                wait_ms = s.rng.randint(1, 96) * HOUR_MS
                s.after(wait_ms, "folder", lambda r=rough: self._bring(giver, taker, files, r))  # type: ignore[misc]

    def carry_now(self, giver: str, taker: str) -> None:
        """A folder is written and read at once, whole."""
        if files := self._written(giver, taker):
            self._bring(giver, taker, files, rough=False)

    def _written(self, giver: str, taker: str) -> dict[str, bytes]:
        """The files of a folder, watched; none where there is nothing to give or the giver dies of it."""
        s = self.s
        with tempfile.TemporaryDirectory(dir=SHM) as where:
            told = s.act(giver, lambda n: folder.export(n, taker, Path(where) / "out"))
            files = _files(Path(where) / "out") if told is not None else {}
        for name, raw in files.items():
            if name.endswith(".batch"):
                originator, recipient = name.split("/")[-2].split("--")
                s.watch.batch(giver, taker, (originator, recipient), int(Path(name).stem), raw)
        if "manifest.json" not in files:
            return {}
        s.log(f"{giver} writes a folder for {taker}: {len(files)} files")
        return files

    def _bring(self, giver: str, taker: str, files: dict[str, bytes], rough: bool) -> None:
        s = self.s
        if rough:
            files = self._damaged(files)
        if not s.is_up(taker):
            return
        before = s.shown(taker)
        with tempfile.TemporaryDirectory(dir=SHM) as where:
            for name, raw in files.items():
                path = Path(where) / "in" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
            try:
                told = s.act(taker, lambda n: folder.import_(n, Path(where) / "in"))
                s.log(f"{taker} reads a folder of {giver}: {told}")
            except OffingError as refused:
                s.log(f"{taker} refuses a folder of {giver}: {refused}")
                if s.shown(taker) != before:
                    raise Broken(f"{taker} refused a folder and took something of it") from None
            else:
                if rough and told is not None:
                    raise Broken(f"{taker} took in a damaged folder")
        s.check(taker)

    def _damaged(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """One file lost, cut short, or with one wrong bit."""
        rng = self.s.rng
        by_kind = {HASH.sub("", n): n for n in files if n != "README.md"}  # names of papers differ from process to process
        name = by_kind[rng.choice(sorted(by_kind))]
        raw = files[name]
        i, bit, how = int(rng.random() * len(raw)), 1 << rng.randrange(8), rng.choice(("lost", "cut", "flipped"))
        left = {n: b for n, b in files.items() if n != name}
        if how == "lost":
            return left
        return left | {name: raw[:i] if how == "cut" else raw[:i] + bytes([raw[i] ^ bit]) + raw[i + 1 :]}


def _files(root: Path) -> dict[str, bytes]:
    if not root.exists():
        return {}
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    shutil.rmtree(root)
    return found


SHM = "/dev/shm" if Path("/dev/shm").is_dir() else None
