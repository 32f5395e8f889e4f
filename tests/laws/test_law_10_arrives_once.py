"""Law 10. Everything released arrives once, whatever link, hub or process dies on the way.

Simulated federations of real nodes (`offing.testing.federation`); `make simulate` tries ten thousand of them.
"""

from __future__ import annotations

import pytest

from offing.testing import federation_cycle as cycle
from offing.testing.federation import run

BLOCK = 20


@pytest.mark.parametrize("first", range(0, 200, BLOCK))
def test_in_random_federations(first: int) -> None:
    through = by_hub = gone = kills = 0
    for seed in range(first, first + BLOCK):
        tally, simulation = run(seed)
        through, by_hub, gone = through + tally.through_n, by_hub + tally.by_hub_n, gone + tally.gone_n
        kills += simulation.kills_n
    assert through > BLOCK and by_hub > 0 and gone > BLOCK and kills > BLOCK // 5, "these worlds hold too little"


@pytest.mark.parametrize("sealed", [False, True], ids=["open relay", "sealed relay"])
def test_with_a_kill_at_every_write_point_of_an_exchange(sealed: bool) -> None:
    kills = cycle.write_points(sealed=sealed)
    assert len(kills) > 50 and {k.node for k in kills} == set(cycle.NAMES)
    for kill in kills[:: 3 if sealed else 1]:
        tally = cycle.run(kill, sealed=sealed)
        assert tally.through_n == 2 and tally.by_hub_n == 1 and tally.receipts_n == 2, kill
