"""Rounds of pulls: whoever hangs is left alone, and everybody else is asked in turn."""

from __future__ import annotations

import threading
import time
from collections import Counter

from offing.exchange.pulling import Pulls
from offing.exchange.results import PullSummary


def test_partners_that_answer_are_asked_in_turn_and_never_two_at_once() -> None:
    now, most, order = 0, 0, []

    def pull(name: str) -> PullSummary:
        nonlocal now, most
        now += 1
        most = max(most, now)
        order.append(name)
        time.sleep(0.01)
        now -= 1
        return PullSummary(name)

    pulls = Pulls(pull, patience_s=5)
    for _ in range(3):
        assert [got.neighbour for got in pulls.round(["au", "us"])] == ["au", "us"]
    assert order == ["au", "us"] * 3 and most == 1


def test_one_that_hangs_costs_the_others_its_patience_once() -> None:
    free, asked = threading.Event(), Counter[str]()

    def pull(name: str) -> PullSummary:
        asked[name] += 1
        if name == "au":
            free.wait(30)
        return PullSummary(name)

    pulls = Pulls(pull, patience_s=0.2)
    took_s = []
    for _ in range(5):
        begin_s = time.monotonic()
        assert [got.neighbour for got in pulls.round(["au", "us"])] == ["us"]
        took_s.append(time.monotonic() - begin_s)
    assert took_s[0] >= 0.2 and sorted(took_s[1:])[1] < 0.2 and asked == {"au": 1, "us": 5}
    free.set()
    found = Counter[str]()
    while not found["au"]:
        found.update(got.neighbour for got in pulls.round(["us", "au"]))
    assert asked["au"] <= 2, "asked again only when it had ended"


def test_a_fault_is_a_sentence_and_no_end() -> None:
    def pull(name: str) -> PullSummary:
        if name == "au":
            raise ZeroDivisionError
        return PullSummary(name)

    pulls = Pulls(pull, patience_s=5)
    for _ in range(2):
        assert [(got.neighbour, got.broken) for got in pulls.round(["au", "us"])] == [("au", "ZeroDivisionError"), ("us", "")]
