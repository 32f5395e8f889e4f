"""A folder as carrier: the same state gives the same bytes, and it is taken whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from small_nodes import DAY_MS, federation, keys_of, line_of_three, released

from offing.errors import BadDelivery, MissingInput, SharingError
from offing.exchange.carriers import folder
from offing.model.sharing import Released


def digest(path: Path) -> dict[str, str]:
    return {p.relative_to(path).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in path.rglob("*") if p.is_file()}


def test_the_same_state_and_clock_give_the_same_bytes(tmp_path: Path) -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    f.pull("us", "jp")
    for name in ("one", "two", "two"):  # a second time over an earlier delivery
        folder.export(f.nodes["us"], "tw", tmp_path / name)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert {"manifest.json", "README.md", "streams/jp--tw/000001.batch"} < set(digest(tmp_path / "one"))


def test_nothing_to_give_is_a_readme_alone_and_taking_it_in_is_nothing(tmp_path: Path) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    for to, out in (("nobody", tmp_path / "a"),):
        assert folder.export(f.nodes["jp"], to, out) == folder.Exported(to)
        assert set(digest(out)) == {"README.md"}
        assert folder.import_(f.nodes["us"], out) == folder.Imported("")


def test_withdrawals_receipts_and_introductions_travel_by_folder_alone(tmp_path: Path) -> None:
    f = line_of_three()

    def carry(giver: str, to: str) -> folder.Imported:
        folder.export(f.nodes[giver], to, tmp_path / "d")
        return folder.import_(f.nodes[to], tmp_path / "d")

    for ids in ("ab", "a"):
        f.nodes["jp"].release(released("tw", *ids))
        assert carry("jp", "us").from_whom == "jp"
        carry("us", "tw")
    assert f.ids("tw") == ["visit:a"]
    carry("tw", "us")
    carry("us", "jp")
    assert {(r.by, r.seq) for r in f.nodes["jp"].receipts()} == {("tw", 2), ("us", 2)}
    assert next(p for p in f.nodes["jp"].partners() if p.id == "us").last_seen_ms == f.now_ms


def test_a_first_delivery_with_redacted_entries_is_explained_by_what_comes_after(tmp_path: Path) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    for ids in ("abc", "ab", "a"):
        f.nodes["jp"].release(released("us", *ids))
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    assert folder.import_(f.nodes["us"], tmp_path / "d").count("new") == 3 and f.ids("us") == ["visit:a"]


def test_what_lacks_its_agreement_stays_out_and_the_rest_is_taken(tmp_path: Path) -> None:
    f = federation("jp", "us", "tw")
    a = f.link("jp", "us")
    f.link("tw", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.nodes["jp"].release(released("tw", "b"))
    f.nodes["us"].add_agreement(replace(a, onward=0))
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    done = folder.import_(f.nodes["us"], tmp_path / "d")
    assert [(t.recipient, t.state, t.code) for t in done.taken] == [
        ("tw", "quarantined", "onward_agreement"),
        ("us", "new", ""),
    ]
    f.nodes["us"].add_agreement(a)
    assert folder.import_(f.nodes["us"], tmp_path / "d").count("new") == 1


def test_one_refused_batch_refuses_all_and_raises_its_alarm(tmp_path: Path) -> None:
    f = federation("jp", "us", "tw")
    f.link("jp", "us")
    f.link("jp", "tw")
    f.link("tw", "us")
    f.nodes["jp"].release(released("tw", "b"))
    f.nodes["jp"].release(released("us", "true"))
    f.pull("us", "jp")
    fork = federation("jp", "us", "tw")
    for pair in (("jp", "us"), ("jp", "tw")):
        fork.link(*pair)
    fork.nodes["jp"].release(released("tw", "b"))
    fork.nodes["jp"].release(released("tw", "b", "more"))
    fork.nodes["jp"].release(released("us", "false"))
    folder.export(fork.nodes["jp"], "us", tmp_path / "d")
    with pytest.raises(BadDelivery, match="two histories"):
        folder.import_(f.nodes["us"], tmp_path / "d")
    held = {(s.recipient, s.head_seq) for p in f.nodes["us"].status() if p.id == "jp" for s in p.streams}
    assert held == {("tw", 1), ("us", 1)}, "batch 2 for tw came first in the delivery and must not stay"
    assert [a.code for a in f.nodes["us"].alarms()] == ["two_histories"] and f.ids("us") == ["visit:true"]


def test_a_delivery_signed_with_a_rotated_key_brings_its_card(tmp_path: Path) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    new, _ = replace(keys_of("jp"), folder=None).rotate()
    f.add("jp", f.nodes["jp"].disk, new)  # type: ignore[arg-type]
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    assert folder.import_(f.nodes["us"], tmp_path / "d").count("new") == 2
    assert f.nodes["us"].card_of("jp").key_id == new.key_id  # type: ignore[union-attr]


def test_a_delivery_of_a_stranger_is_refused(tmp_path: Path) -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    with pytest.raises(BadDelivery, match="no partner"):
        folder.import_(f.nodes["tw"], tmp_path / "d")
    with pytest.raises(MissingInput):
        folder.import_(f.nodes["tw"], tmp_path / "not there")


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(SharingError, match=r"mine\.txt"):
        folder.export(f.nodes["jp"], "us", tmp_path)
    with pytest.raises(SharingError, match="no folder"):
        folder.export(f.nodes["jp"], "us", tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "x"


def test_what_has_expired_or_ended_is_not_written(tmp_path: Path) -> None:
    f = federation("jp", "us")
    a = f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", text="MARKER", expires_ms=f.now_ms + DAY_MS))
    f.now_ms += DAY_MS
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    assert all(b"MARKER" not in p.read_bytes() for p in (tmp_path / "d").rglob("*") if p.is_file())
    f.nodes["jp"].release(released("us", "a", text="MARKER"))
    f.nodes["jp"].end_agreement(a.id, a.first_day)
    assert folder.export(f.nodes["jp"], "us", tmp_path / "d").streams_n == 0
    assert all(b"MARKER" not in p.read_bytes() for p in (tmp_path / "d").rglob("*") if p.is_file())
    assert f.nodes["jp"].release(Released("us", [])).withdrawn_n == 1


@pytest.mark.parametrize("name", ["papers/thesis.txt", "README.md", "manifest.json", "streams/jp--us/notes"])
def test_what_is_no_delivery_is_not_cleared_away(tmp_path: Path, name: str) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    mine = tmp_path / "d" / name
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(SharingError, match="something else"):
        folder.export(f.nodes["jp"], "us", tmp_path / "d")
    assert mine.read_text() == "mine" and len(digest(tmp_path / "d")) == 1


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    f = federation("jp", "us")
    (tmp_path / "file").write_text("")
    with pytest.raises(SharingError, match="cannot be written: Not a directory"):
        folder.export(f.nodes["jp"], "us", tmp_path / "file" / "d")


def test_what_is_no_delivery_or_its_own_is_told_so(tmp_path: Path) -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    folder.export(f.nodes["jp"], "us", tmp_path / "d")
    with pytest.raises(BadDelivery, match="this node itself"):
        folder.import_(f.nodes["jp"], tmp_path / "d")
    (tmp_path / "d" / "manifest.json").unlink()
    (tmp_path / "d" / "empty").mkdir()
    with pytest.raises(BadDelivery, match="no manifest"):
        folder.import_(f.nodes["us"], tmp_path / "d")
