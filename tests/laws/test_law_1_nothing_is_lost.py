"""Law 1. Nothing is lost in silence: per file, rows = positions + statics + fragments + ignored + duplicates + rejects,
exactly; every reject keeps its file and row.

Each reader is tried on its own in tests/readers; the real logs in tests/pipeline/test_ingest_real.py.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_worlds import HEAD, SHIP, World, row

from offing.pipeline.ingest import FileProblem

NMEA = [
    "\\s:r1,c:1709254800*5C\\!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24",
    "\\c:1709254860*54\\!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C",
    "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24",
    "# a comment",
    "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76",
    "",
]
CSV = [row(SHIP, h, 10 + h / 24) for h in range(4)] + [row(0, 1, 10), row(SHIP, 1, 200), ",,,\n", "\n", "no record at all\n"]
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("law1"))


def spoilt(seed: int, lines: list[str]) -> bytes:
    """Some of the lines in any order and number, some of them with other characters or cut short."""
    rng = random.Random(seed)
    out = []
    for line in rng.choices(lines, k=rng.randint(1, 40)):
        text = line.rstrip("\n")
        for _ in range(rng.choice([0, 0, 0, 1, 3])):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(["", "x", ",", "\x00", "é", '9"', "*"]) + text[at + rng.randint(0, 2) :]
        out.append(text)
    return ("\n".join(out) + rng.choice(["", "\n"])).encode()


@pytest.mark.parametrize("form", ["nmea", "marinecadastre"])
@given(seed=seeds)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_accounted_for(world: World, form: str, seed: int) -> None:
    path: Path = world.folder / f"{form}-{seed}.log"
    text = spoilt(seed, NMEA if form == "nmea" else CSV)
    path.write_bytes(text if form == "nmea" else HEAD.encode() + text)
    (line,) = world.book.ingest(path, form=form)
    held = {s["sha256"]: s for s in world.book.status()}
    if isinstance(line, FileProblem):
        assert str(path) not in {s["path"] for s in held.values()}, "a refused file leaves nothing"
        return
    said = held[line.sha256]
    parts = [said[k] for k in ("positions", "statics", "fragments", "ignored", "duplicates", "rejects")]
    assert said["rows"] == sum(sum(n.values()) if isinstance(n, dict) else n for n in parts)
    if form == "nmea":
        assert said["rows"] == text.count(b"\n") + (not text.endswith(b"\n") and text != b"")
    kept = world.book.rejects(line.sha256)
    assert dict(kept.group_by("reason").len().rows()) == said["rejects"]
    assert kept["row"].is_unique().all() and set(kept["path"]) <= {line.path}
    assert kept.is_empty() or (kept["row"].min() >= 1 and kept["row"].max() <= said["rows"])  # type: ignore[operator]
