"""Links of a simulated federation: a pull that may break at any word, and what lies still between its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from offing.errors import SharingError
from offing.exchange.carriers import Head

if TYPE_CHECKING:
    from offing.testing.federation_run import Simulation

T = TypeVar("T")
BREAKS = 0.03  # of a link, at each word
MOVES = 0.06  # of the giver's world, between two words


class SimCarrier:
    """A link from `taker` to `giver` for one pull."""

    def __init__(self, simulation: Simulation, giver: str, taker: str) -> None:
        self._s = simulation
        self._giver = giver
        self._taker = taker

    def heads(self) -> list[Head]:
        """The streams that the giver tells of."""
        return self._ask(lambda: self._s.heads(self._giver, self._taker))

    def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
        """One batch; now and then the giver's world has moved since the last word."""
        s, stream = self._s, (originator, recipient)
        if s.faults and s.rng.random() < MOVES:
            s.move(self._giver)
        self._break()
        raw = s.give(self._giver, self._taker, stream, seq)
        if not s.is_up(self._giver):
            raise SharingError(f"{self._giver} fell silent.")
        self._break()
        return raw

    def papers(self) -> list[bytes]:
        """Signed statements of the giver."""
        return self._ask(lambda: self._s.papers(self._giver, self._taker))

    def give_papers(self, papers: Sequence[bytes]) -> None:
        """Signed statements for the giver."""
        s = self._s
        s.heads(self._taker, self._giver)
        for paper in papers:
            s.watch.paper(self._taker, self._giver, paper)
        self._ask(lambda: s.act(self._giver, lambda n: n.take_papers(self._taker, papers)))

    def _ask(self, word: Callable[[], T | None]) -> T:
        self._break()
        answer = word()
        if answer is None:
            raise SharingError(f"{self._giver} does not answer.")
        self._break()
        return answer

    def _break(self) -> None:
        s = self._s
        down = frozenset((self._giver, self._taker)) in s.cut or not s.is_up(self._giver)
        if down or (s.faults and s.rng.random() < BREAKS):
            raise SharingError(f"The link to {self._giver} broke.")
