"""Received rows on disk: what was written comes back, expired rows by the clock alone do not, and a torn writing shows."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from small_partners import CAME_MS, label, record, sent

from offing.errors import BadDelivery, LogbookError
from offing.model.sharing import RECORD_KINDS, Record
from offing.model.wire import WIRE
from offing.store import Store, received

DAY_MS = 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "logbook", "east_asia")


def day(n: int, **told: object) -> Record:
    return record("watch_day", f"day:x:any:ais:2024-03-{n:02}", day=f"2024-03-{n:02}", state="observed", mmsis=[5], **told)


def test_rows_come_back_as_they_were_sent(store: Store) -> None:
    told = sent("jp", "watch_day", [day(2), day(1)], hub="us", onward=2, expires_ms=CAME_MS + 5, vouched_by="us",
                agreement="jp-us", masked=frozenset({"hulls_n", "because"}), round_deg=0.5)  # fmt: skip
    other = sent("tw", "watch_day", [day(1)])
    received.write(store, {"watch_day": pl.concat([told, other])}, 7)
    rows = received.read(store, "watch_day", CAME_MS)
    assert rows.schema == received.schema("watch_day")
    assert rows.select("originator", "id").rows() == [
        ("jp", "day:x:any:ais:2024-03-01"), ("jp", "day:x:any:ais:2024-03-02"), ("tw", "day:x:any:ais:2024-03-01"),
    ]  # fmt: skip
    first = rows.row(0, named=True)
    assert (first["received_from"], first["vouched_by"], first["agreement"], first["onward"]) == ("us", "us", "jp-us", 2)
    assert (first["batch_n"], first["entry_n"], first["masked"], first["mmsis"]) == (1, 1, ["because", "hulls_n"], [5])
    assert received.label_of(first, "watch_day") == label(
        "jp", "watch_day", onward=2, expires_ms=CAME_MS + 5, masked=frozenset({"hulls_n", "because"}), round_deg=0.5
    )
    assert sorted(p.name for p in (store.root / "received").iterdir()) == ["originator=jp", "originator=tw", "version"]
    assert all(received.read(store, kind).is_empty() for kind in RECORD_KINDS if kind != "watch_day")


def test_expired_rows_are_gone_at_their_instant_by_the_clock_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    end = CAME_MS + DAY_MS
    received.write(store, {"watch_day": sent("jp", "watch_day", [day(1)], expires_ms=end)}, 1)
    assert received.read(store, "watch_day", end - 1).height == 1
    assert received.read(store, "watch_day", end).is_empty()
    monkeypatch.setenv("OFFING_CLOCK", "2026-08-02T11:59:59Z")
    assert received.read(store, "watch_day").height == 1
    monkeypatch.setenv("OFFING_CLOCK", "2026-08-02T12:00:00Z")
    assert received.read(store, "watch_day").is_empty()
    assert all(t.is_empty() for t in received.read_all(store).values())


def test_writing_replaces_all(store: Store) -> None:
    assert received.version(store) is None
    received.write(store, {"watch_day": sent("jp", "watch_day", [day(1)])}, "a")
    assert received.version(store) == "a"
    received.write(store, {"watch_day": sent("tw", "watch_day", [day(3)])}, "b")
    assert received.version(store) == "b"
    assert received.read(store, "watch_day")["originator"].to_list() == ["tw"]
    assert not (store.root / "received" / "originator=jp").exists()
    received.write(store, {}, "c")
    assert received.version(store) == "c" and received.read(store, "watch_day").is_empty()


def test_equal_rows_give_equal_bytes(store: Store, tmp_path: Path) -> None:
    rows = sent("jp", "watch_day", [day(n) for n in range(1, 20)])
    received.write(store, {"watch_day": rows}, 1)
    (path,) = (store.root / "received").rglob("*.parquet")
    before = path.read_bytes()
    received.write(store, {"watch_day": rows.reverse()}, 1)
    assert path.read_bytes() == before


def test_a_torn_writing_has_no_version(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    received.write(store, {"watch_day": sent("jp", "watch_day", [day(1)])}, "a")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(received, "_mark", killed)
        with pytest.raises(KeyboardInterrupt):
            received.write(store, {"watch_day": sent("tw", "watch_day", [day(1)])}, "b")
    assert received.version(store) is None
    received.write(store, {"watch_day": sent("tw", "watch_day", [day(1)])}, "b")
    assert received.version(store) == "b" and received.read(store, "watch_day")["originator"].to_list() == ["tw"]
    assert not any(store.temporary.iterdir())


def test_rows_of_another_form_are_of_no_version(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    received.write(store, {"watch_day": sent("jp", "watch_day", [day(1)])}, "a")
    wire = {**WIRE, "watch_day": pl.Schema({**WIRE["watch_day"], "weather": pl.String()})}
    monkeypatch.setattr(received, "WIRE", wire)
    assert received.version(store) is None
    assert received.read(store, "watch_day")["weather"].to_list() == [None]


def test_no_name_leads_out_of_the_folder(store: Store) -> None:
    received.write(store, {"watch_day": sent("../../x y", "watch_day", [day(1)])}, 1)
    (path,) = store.root.rglob("kind=watch_day.parquet")
    assert path.parent.parent == store.root / "received" and path.parent.name == "originator=..%2F..%2Fx%20y"
    assert received.read(store, "watch_day")["originator"].to_list() == ["../../x y"]


def test_a_damaged_file_says_what_to_do(store: Store) -> None:
    received.write(store, {"watch_day": sent("jp", "watch_day", [day(1)])}, 1)
    (path,) = store.root.rglob("kind=watch_day.parquet")
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(LogbookError, match="Delete the folder"):
        received.read(store, "watch_day")


def test_values_of_wrong_types_are_refused() -> None:
    with pytest.raises(BadDelivery, match="hulls_n"):
        sent("jp", "watch_day", [day(1, hulls_n="many")])


@pytest.mark.parametrize(("text", "node_id"), [('id = "jp"\nname = "Tokyo"\n', "jp"), (None, None)])
def test_who_this_node_is(store: Store, text: str | None, node_id: str | None) -> None:
    if text:
        (store.root / "node.toml").write_text(text)
    assert store.node_id == node_id


@pytest.mark.parametrize("text", ["name = 'x'", "id = 5", "id = ''", "id"])
def test_a_node_without_a_name_is_an_error(store: Store, text: str) -> None:
    (store.root / "node.toml").write_text(text)
    with pytest.raises(LogbookError, match=r"node\.toml"):
        _ = store.node_id
