"""Messages of several sentences, and the laws: every line is counted once, and the cut into chunks does not matter."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nmea_build import checked, read, read_in_chunks, tagged, type1, type5, type24, vdm, vdm_parts

from offing.kernels.nmea_codes import GROUP_LINES, MAX_LINE
from offing.readers import nmea_lines

T_S = 1_535_760_000
BASE_MS = T_S * 1000
A, B = vdm_parts(type5(name="ALPHA")), vdm_parts(type5(name="BRAVO"))
THREE = vdm_parts(type5(name="CHARLIE"), n=3)
GPS = checked("$GPGGA,1")


def names(*lines: str) -> tuple[list[str], list[int], list[int]]:
    """Names read, their rows, and the rows of rejects, all of which must be of incomplete groups."""
    got = read("\n".join(lines), BASE_MS)
    assert set(got.reasons) <= {"incomplete_group"}
    assert got.rows == got.counted() == len(lines)
    return got.statics["name"].to_list(), got.statics["row"].to_list(), got.rejects["row"].to_list()


def test_groups_are_joined_across_other_lines() -> None:
    assert names(*A) == (["ALPHA"], [1], [])
    assert names(A[0], "", GPS, vdm(type24(0, name="ECHO")), A[1]) == (["ALPHA", "ECHO"], [1, 4], [])
    assert names(*THREE) == (["CHARLIE"], [1], [])


def test_groups_with_other_sequence_channel_talker_or_count_do_not_mix() -> None:
    for other in (
        vdm_parts(type5(name="BRAVO"), seq="4"),
        vdm_parts(type5(name="BRAVO"), channel="B"),
        vdm_parts(type5(name="BRAVO"), talker="BS"),
    ):
        assert names(A[0], other[0], A[1], other[1]) == (["ALPHA", "BRAVO"], [1, 2], [])
    assert names(A[0], THREE[1]) == ([], [], [1, 2])


def test_a_first_part_starts_its_group_anew() -> None:
    assert names(A[0], B[0], B[1]) == (["BRAVO"], [2], [1])
    assert names(A[0], A[0], A[1], A[1]) == (["ALPHA"], [2], [1, 4])


def test_parts_must_follow_each_other() -> None:
    assert names(A[1], A[0]) == ([], [], [1, 2])
    assert names(THREE[0], THREE[2], THREE[1]) == ([], [], [1, 2, 3])
    assert names(THREE[0], THREE[1], THREE[1], THREE[2]) == ([], [], [1, 2, 3, 4])
    assert names(THREE[0], THREE[1]) == ([], [], [1, 2])


@pytest.mark.parametrize("between", [GROUP_LINES - 1, GROUP_LINES])
def test_a_group_ends_after_a_number_of_lines(between: int) -> None:
    got = names(A[0], *[GPS] * between, A[1])
    assert got == ((["ALPHA"], [1], []) if between < GROUP_LINES else ([], [], [1, between + 2]))


def test_a_group_ends_after_a_minute_where_times_are_known() -> None:
    def at(*seconds: int) -> tuple[list[str], list[int], list[int]]:
        return names(*(f"{T_S + s} {part}" for s, part in zip(seconds, A, strict=True)))

    assert at(0, 60) == at(60, 0) == (["ALPHA"], [1], [])
    assert at(0, 61) == at(61, 0) == ([], [], [1, 2])
    assert names(f"{T_S} {A[0]}", A[1]) == (["ALPHA"], [1], [])


def test_stations_and_groups_of_the_tag_block_keep_messages_apart() -> None:
    lines = [tagged("g:1-2-7,s:x,c:1535760000", A[0]), tagged("g:1-2-8,s:y,c:1535760001", B[0])]
    lines += [tagged("g:2-2-7", A[1]), tagged("g:2-2-8", B[1])]
    got = read("\n".join(lines))
    assert got.statics.select("name", "station").rows() == [("ALPHA", "x"), ("BRAVO", "y")]
    assert names(tagged("1G2:7", A[0]), tagged("1G2:8", B[0]), tagged("2G2:7", A[1]), tagged("2G2:8", B[1]))[0] == [
        "ALPHA",
        "BRAVO",
    ]
    apart = [f"{A[0]},rAAA,{T_S}", f"{B[0]},rBBB,{T_S}", f"{A[1]},rAAA,{T_S}", f"{B[1]},rBBB,{T_S}"]
    assert names(*apart) == (["ALPHA", "BRAVO"], [1, 2], [])


def test_the_time_is_that_of_the_first_part_that_has_one() -> None:
    for lines, want in (
        ([f"{T_S} {A[0]}", f"{T_S + 1} {A[1]}"], [T_S]),
        ([A[0], f"{T_S + 1} {A[1]}"], [T_S + 1]),
        ([f"2018-09-01T00:00:00 {A[0]}", f"{T_S + 1} {A[1]}"], [T_S + 1]),
    ):
        assert [t.timestamp() for t in read("\n".join(lines)).statics["t_utc"]] == want
    faulty = read("\n".join([f"2018-09-01T00:00:00 {A[0]}", A[1]]))
    assert (faulty.reasons, faulty.rejects["row"].to_list(), faulty.fragments) == (["naive_time"], [1], 1)


def test_a_fault_of_a_whole_group_is_told_of_its_first_line() -> None:
    illegal = [A[0], checked("!AIVDM,2,2,3,A,~~,0")]
    got = read("\n".join(illegal), BASE_MS)
    assert (got.reasons, got.rejects["row"].to_list(), got.fragments) == (["bad_payload"], [1], 1)
    damaged = read("\n".join([A[0], f"{A[1][:-1]}{int(A[1][-1], 16) ^ 1:X}"]), BASE_MS)
    assert sorted(damaged.reasons) == ["bad_checksum", "incomplete_group"]


def test_thousands_of_groups_may_be_open() -> None:
    lines = [tagged(f"g:1-2-{i}", vdm_parts(type5(name=f"N{i}"))[0]) for i in range(GROUP_LINES)]
    lines += [tagged(f"g:2-2-{i}", vdm_parts(type5(name=f"N{i}"))[1]) for i in range(GROUP_LINES)]
    assert names(*lines)[0] == [f"N{i}" for i in range(GROUP_LINES)]
    firsts = [tagged(f"g:1-2-{i}", A[0]) for i in range(5 * GROUP_LINES)]
    assert len(names(*firsts, tagged(f"g:2-2-{5 * GROUP_LINES - 1}", A[1]))[2]) == 5 * GROUP_LINES - 1


def test_long_lines_do_not_swell() -> None:
    for size in (MAX_LINE, MAX_LINE + 1, 5 * MAX_LINE):
        log = b"x" * size + b"\n" + f"{T_S} {vdm(type1())}\n".encode() + b"y" * size
        for chunk in (1000, MAX_LINE, 10**7):
            got = read_in_chunks(log, chunk)
            assert (got.rows, got.positions["row"].to_list(), got.reasons) == (3, [2], ["not_a_sentence"] * 2)
            assert [d.startswith("a line longer") for d in got.rejects["detail"]] == [size > MAX_LINE] * 2


def all_logs(folder: Path) -> list[Path]:
    return sorted([*(folder / "ais").glob("*.log"), *(folder / "ais").glob("*.aivdm")])


@pytest.mark.parametrize("base_ms", [None, BASE_MS])
def test_every_line_of_the_real_logs_is_counted_once(shared_data: Path, base_ms: int | None) -> None:
    logs = all_logs(shared_data)
    assert len(logs) >= 7
    for path in logs:
        data = path.read_bytes()
        got = read(data, base_ms)
        assert got.rows == got.counted() == data.count(b"\n"), path.name
        kept = got.positions.height + got.statics.height
        assert (kept > 0) == (base_ms is not None), path.name  # none of them says when it was heard
        rows = [*got.positions["row"], *got.statics["row"], *got.rejects["row"]]
        assert len(rows) == len(set(rows))
        assert set(got.side_statics["row"]) <= set(got.positions["row"])


@pytest.mark.parametrize("size", [1, 7, 64, 999, 20_000])
def test_the_cut_of_the_real_logs_does_not_matter(shared_data: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(p.read_bytes() for p in all_logs(shared_data))
    data = data[: {1: 4_000, 7: 12_000, 64: 50_000}.get(size, len(data))]  # small pieces are slow
    whole = read(data, BASE_MS).everything()
    monkeypatch.setattr(nmea_lines, "CHUNK_LINES", max(size // 50, 1))
    assert read_in_chunks(data, size, BASE_MS).everything() == whole


POOL = [*A, *B, *THREE, *vdm_parts(type5(), seq="4"), vdm(type1()), vdm(type1(mmsi=0)), vdm(type24(0)), GPS, "# c", "", "?!"]
FORMS = [
    "{}",
    "1535760000 {}",
    "2018-09-01T00:00:00Z {}",
    "2018-09-01 00:00:00 {}",
    "\\s:a,c:1535760000\\{}",
    "host 1535760000: {}",
]


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """Real sentences in any order, some of them damaged, cut or joined, and pure noise between them."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    lines: list[bytes] = []
    for _ in range(draw(st.integers(0, 60))):
        line = bytearray(rng.choice(FORMS).format(rng.choice(POOL)).encode())
        fate = rng.random()
        if fate < 0.1 and line:
            line[rng.randrange(len(line))] = rng.randrange(256)
        elif fate < 0.2:
            line = line[: rng.randrange(len(line) + 1)]
        elif fate < 0.3:
            line = bytearray(rng.randbytes(rng.randrange(90)))
        elif fate < 0.35:
            body = bytes(rng.choices(b"!$\\,*AIVDM0123456789:sc-TZ. #", k=rng.randrange(60)))
            line = bytearray(b"!AIVDM,1,1,,A," + body)
        elif fate < 0.4:  # a sound checksum over a payload of any length
            body_text = "".join(rng.choices("0123456789:;<=>?@ABCDEFGHKLMNOPQRSTUVW`abcdefgw", k=rng.randrange(90)))
            line = bytearray(checked(f"!AIVDM,1,1,,A,{body_text},{rng.randrange(6)}").encode())
        lines.append(bytes(line))
    return rng.choice([b"\n", b"\r\n"]).join(lines)


@settings(deadline=None, max_examples=100)
@given(logs(), st.integers(1, 400), st.sampled_from([None, BASE_MS]))
def test_garbage_is_counted_and_its_cut_does_not_matter(data: bytes, size: int, base_ms: int | None) -> None:
    whole = read(data, base_ms)
    assert whole.rows == whole.counted() == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    assert read_in_chunks(data, size, base_ms).everything() == whole.everything()


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=3000))
def test_any_bytes_are_counted(data: bytes) -> None:
    got = read(data)
    assert got.rows == got.counted() == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
