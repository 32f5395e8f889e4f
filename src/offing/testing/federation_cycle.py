"""One exchange of three nodes, from release to receipt, run again with a kill at each of its write points.

`ash` releases to `cay` over `bay`, corrects, withdraws, changes its key; batches go by pulls and once by folder; receipts
come back. A node that dies starts again and the act is repeated, as whoever runs it would do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offing.exchange.node import Node
from offing.model.sharing import Agreement, ReleaseRule
from offing.testing.federation_acts import Acts
from offing.testing.federation_plan import EVER, KINDS, PURPOSES, Draw
from offing.testing.federation_run import MINUTE_MS, Broken, MakesNode, Simulation
from offing.testing.federation_settle import Tally, settle

NAMES = ("ash", "bay", "cay")
TRIES = 5


@dataclass(frozen=True)
class Kill:
    """A node dies at its n-th commit of the exchange, before or after it holds."""

    node: str
    commit: int
    after: bool


class Chain(Draw):
    """Three nodes in a row, with clocks that agree."""

    def __init__(self, sealed: bool) -> None:
        super().__init__(0)
        self.names, self.originators, self.hubs = NAMES, NAMES[:1], NAMES[1:]
        self.skew_ms = dict.fromkeys(NAMES, 0)
        self.relay = "sealed" if sealed else "open"

    def between(self, pair: tuple[str, str]) -> Agreement:
        """Everything may pass, over one hand."""
        return Agreement(f"{pair[0]}-{pair[1]}", pair, KINDS, PURPOSES, *EVER, onward=1, relay=self.relay)


def write_points(make: MakesNode = Node, sealed: bool = False) -> list[Kill]:
    """Every kill that one exchange offers."""
    s, before = _begun(make, sealed)
    _exchange(s)
    commits = {name: s.disk(name).commits_n - before[name] for name in NAMES}
    return [Kill(name, n + 1, after) for name in NAMES for n in range(commits[name]) for after in (False, True)]


def run(kill: Kill | None, make: MakesNode = Node, sealed: bool = False) -> Tally:
    """The exchange with one kill, and a look at all that it left. Raises `Broken`."""
    s, _ = _begun(make, sealed)
    if kill is not None:
        s.arm(kill.node, kill.commit, kill.after)
    try:
        _exchange(s)
        if s.kills_n != int(kill is not None):
            raise Broken(f"{s.kills_n} nodes were killed")
        if bool(s.watch.sealed_n) != sealed:
            raise Broken(f"{s.watch.sealed_n} sealed batches were handed over")
        return settle(s)
    except Broken as broken:
        raise Broken("\n".join([*s.trace, f"{kill}: {broken}"])) from broken


def _begun(make: MakesNode, sealed: bool) -> tuple[Simulation, dict[str, int]]:
    """Everything that comes before, and the commits that it took by node."""
    chain = Chain(sealed)
    s = Simulation(0, make, chain)
    s.faults = False
    for pair in (NAMES[:2], NAMES[1:]):
        a, b = pair
        s.links += [(a, b), (b, a)]
        s.pin(a, b)
        s.pin(b, a)
        s.agree(a, chain.between((a, b)))
        s.agree(b, chain.between((a, b)))
    if sealed:
        s.pin("ash", "cay")
    rule = {"releasable_to": ("bay", "cay"), "purpose": PURPOSES[0], "onward": 1}
    s.model.papers["ash"].rules += [ReleaseRule(n, kind, **rule) for n, kind in enumerate(KINDS, 1)]  # type: ignore[arg-type]
    return s, {name: s.disk(name).commits_n for name in NAMES}


def _exchange(s: Simulation) -> None:
    acts = Acts(s)
    _do(s, acts.write)
    _do(s, acts.write)
    _along(s)
    _do(s, acts.correct)
    _do(s, lambda: acts.carry_now("ash", "bay"))
    _do(s, lambda: acts.carry_now("bay", "cay"))
    _do(s, acts.retract)
    _do(s, lambda: s.rotate("ash"))
    _do(s, acts.write)
    _along(s)


def _along(s: Simulation) -> None:
    for taker, giver in (("bay", "ash"), ("cay", "bay"), ("bay", "cay"), ("ash", "bay")):
        _do(s, lambda taker=taker, giver=giver: s.pull(taker, giver))  # type: ignore[misc]


def _do(s: Simulation, act: Callable[[], object]) -> None:
    """An act, again as long as somebody dies of it."""
    for _ in range(TRIES):
        before = s.kills_n
        act()
        s.pass_time(30 * 10 * MINUTE_MS)
        if s.kills_n == before:
            return
    raise Broken("nodes die without end")
