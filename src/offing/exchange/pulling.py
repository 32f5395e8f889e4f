"""Pulls from several partners, round by round, in which nobody waits long for one that does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from offing.exchange.results import PullSummary


@dataclass
class _Pull:
    """One pull in a thread of its own."""

    ended: threading.Event = field(default_factory=threading.Event)
    got: PullSummary | None = None


class Pulls:
    """Partners are asked one after another, so that what one brought is not fetched from the next one too.

    One that has not ended after `patience_s` goes on by itself while the others are asked, and its turn comes again when it
    has ended. The threads do not keep the process alive: a pull can be broken off anywhere.
    """

    def __init__(self, pull: Callable[[str], PullSummary], patience_s: float = 1.0) -> None:
        """`pull` asks one partner, by id, and ends by itself."""
        self._pull = pull
        self._patience_s = patience_s
        self._under_way: dict[str, _Pull] = {}

    def round(self, partners: Iterable[str]) -> list[PullSummary]:
        """Ask each partner that is not being asked still; what has ended by now, in the order in which it did."""
        found = []
        for name in partners:
            if name not in self._under_way:
                one = self._under_way[name] = _Pull()
                threading.Thread(target=self._run, args=(name, one), name=f"offing-pull-{name}", daemon=True).start()
                one.ended.wait(self._patience_s)
            found += self._ended()
        return found + self._ended()

    def _ended(self) -> list[PullSummary]:
        names = [name for name, one in self._under_way.items() if one.ended.is_set()]
        return [got for name in names if (got := self._under_way.pop(name).got) is not None]

    def _run(self, name: str, one: _Pull) -> None:
        try:
            one.got = self._pull(name)
        except Exception as error:  # whatever it is, it must not end the rounds of the others
            one.got = PullSummary(name, broken=str(error) or type(error).__name__)
        finally:
            one.ended.set()
