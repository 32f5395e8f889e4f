"""Times of tables: every written form, zones, changes of the clocks, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import BadMapping
from offing.readers.instants import Clock

T = datetime(2024, 3, 1, 4, 5, 6, tzinfo=UTC)


def one(text: str, clock: Clock | None = None) -> tuple[datetime | None, bool]:
    got = (clock or Clock()).read(pl.Series("t", [text]))
    return got.t_utc[0], got.naive[0]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01T04:05:06Z",
        "2024-03-01 04:05:06Z",
        "2024-03-01t04:05:06z",
        "2024/03/01 04:05:06 UTC",
        "2024-03-01T04:05:06+00:00",
        "2024-03-01T12:05:06+08:00",
        "2024-03-01T12:05:06+0800",
        "2024-03-01T12:05:06+08",
        "2024-02-29T23:05:06-05:00",
        "20240301T040506Z",
        "2024-03-01 04:05:06 +0000 UTC",
        "  2024-03-01T04:05:06Z  ",
        "2024-03-01T04:05:06.000Z",
    ],
)
def test_iso_with_a_zone(text: str) -> None:
    assert one(text) == (T, False)


def test_fractions_and_minutes() -> None:
    assert one("2024-03-01T04:05:06.25Z")[0] == T + timedelta(milliseconds=250)
    assert one("2024-03-01T04:05:06.123456789Z")[0] == T + timedelta(milliseconds=123)
    assert one("2024-03-01 04:05:06,5 +00:00")[0] == T + timedelta(milliseconds=500)
    assert one("2024-03-01T04:05Z")[0] == T - timedelta(seconds=6)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2024-03-01",
        "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-03-01T25:00:00Z",
        "1709265906",
        "04:05:06Z",
        "0024-03-01T00:00:00Z",
        "2124-03-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2024-03-01T04:05:06+99:00",
        "２０２４-03-01T00:00:00Z",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert one(text) == (None, False)
    assert one(text, Clock(zone="Asia/Tokyo")) == (None, False)


def test_naive_times_stay_naive_unless_a_zone_is_told() -> None:
    for text in ("2024-03-01T12:05:06", "2024-03-01 12:05:06.000"):
        assert one(text) == (None, True)
        assert one(text, Clock(zone="Asia/Taipei")) == (T, False)
        assert one(text, Clock(zone="+08:00")) == (T, False)
        assert one(text, Clock(zone="UTC+08:00")) == (T, False)
    # a zone in the text wins over the one told
    assert one("2024-03-01T04:05:06Z", Clock(zone="Asia/Taipei")) == (T, False)


def test_forms_may_be_mixed_in_one_column() -> None:
    texts = ["2024-03-01T04:05:06Z", "2024-03-01T12:05:06+08:00", "2024-03-01T04:05:06", None, "x", "2024-03-01 04:05:06.000Z"]
    for start in range(len(texts)):
        turned = texts[start:] + texts[:start]
        got = Clock().read(pl.Series("t", turned, dtype=pl.String))
        want = {0: T, 1: T, 5: T}
        assert got.t_utc.to_list() == [want.get((i + start) % 6) for i in range(6)]
        assert got.naive.to_list() == [(i + start) % 6 == 2 for i in range(6)]
        zoned = Clock(zone="UTC").read(pl.Series("t", turned, dtype=pl.String))
        assert zoned.t_utc.null_count() == 2


def test_local_times_that_do_not_exist_or_exist_twice() -> None:
    clock = Clock("%Y-%m-%d %H:%M:%S", "Europe/Copenhagen")
    assert one("2024-03-31 02:30:00", clock) == (None, False)
    assert one("2024-10-27 02:30:00", clock) == (None, False)
    assert one("2024-10-27 03:30:00", clock)[0] == datetime(2024, 10, 27, 2, 30, tzinfo=UTC)
    texts = ["2024-03-31 02:30:00", "2024-10-27 02:59:59", "2024-10-27 03:30:00", "soon", None]
    told = ["02:30 does not exist in Europe/Copenhagen", "02:59 occurs twice in Europe/Copenhagen", None, None, None]
    column = pl.Series("t", texts)
    assert clock.unclear(column).to_list() == told
    assert Clock("iso", "Europe/Copenhagen").unclear(column).to_list() == told
    native = column.str.to_datetime(strict=False)
    assert Clock("iso", "Europe/Copenhagen").unclear(native).to_list() == told
    for other in (Clock(), Clock("iso", "UTC"), Clock("iso", "+01:00"), Clock("epoch_s", "Europe/Copenhagen")):
        assert other.unclear(column).to_list() == [None] * 5


def test_patterns() -> None:
    assert one("01/03/2024 04:05:06", Clock("%d/%m/%Y %H:%M:%S", "UTC"))[0] == T
    assert one("1/3/2024 4:05:06", Clock("%d/%m/%Y %H:%M:%S", "UTC"))[0] == T
    assert one("2024/03/01 12:05:06", Clock("%Y/%m/%d %H:%M:%S", "Asia/Taipei"))[0] == T
    assert one("2024/03/01 12:05:06", Clock("%Y/%m/%d %H:%M:%S")) == (None, True)
    assert one("tomorrow", Clock("%Y/%m/%d %H:%M:%S")) == (None, False)
    assert one("2024-03-01 12:05:06 +0800", Clock("%Y-%m-%d %H:%M:%S %z"))[0] == T
    assert one("01 Mar 2024 04:05:06.5 AM", Clock("%d %b %Y %I:%M:%S.%f %p", "UTC"))[0] == T + timedelta(milliseconds=500)


def test_epochs() -> None:
    s = int(T.timestamp())
    assert one(str(s), Clock("epoch_s"))[0] == T
    assert one(f" {s}.5 ", Clock("epoch_s"))[0] == T + timedelta(milliseconds=500)
    assert one(str(s * 1000), Clock("epoch_ms"))[0] == T
    assert one(str(s * 1000), Clock("epoch_s")) == (None, False)
    assert one("nan", Clock("epoch_s")) == (None, False)
    assert Clock("epoch_s").read(pl.Series([s])).t_utc[0] == T
    assert Clock("iso").read(pl.Series([s])).t_utc[0] is None


def test_native_times() -> None:
    assert Clock().read(pl.Series([T])).t_utc[0] == T
    tokyo = pl.Series([T]).dt.convert_time_zone("Asia/Tokyo").cast(pl.Datetime("us", "Asia/Tokyo"))
    assert Clock().read(tokyo).t_utc[0] == T
    naive = pl.Series([datetime(2024, 3, 1, 12, 5, 6)])  # noqa: DTZ001
    assert Clock().read(naive).naive.to_list() == [True]
    assert Clock(zone="Asia/Taipei").read(naive).t_utc[0] == T


@pytest.mark.parametrize(
    "bad", [("%Q",), ("yyyy-MM-dd",), ("%Y-%m-%d",), ("",), ("iso", "Atlantis/Capital"), ("iso", "+25:00")]
)
def test_a_clock_that_cannot_be(bad: tuple[str, ...]) -> None:
    with pytest.raises(BadMapping):
        Clock(*bad)


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-15 * 60, 15 * 60),
)
def test_what_python_writes_is_read_back(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    text = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert one(text) == (moment, False)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(max_size=30), max_size=5), st.sampled_from(["iso", "epoch_s", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])
)
def test_any_text_is_read_or_refused(texts: list[str], form: str) -> None:
    for zone in ("", "UTC", "Asia/Tokyo"):
        got = Clock(form, zone).read(pl.Series("t", texts, dtype=pl.String))
        assert len(got.t_utc) == len(got.naive) == len(texts)
        assert not (got.naive & got.t_utc.is_not_null()).any()
