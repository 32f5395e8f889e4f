"""Whatever is changed, cut, repeated, reordered or signed by another is refused with its reason, and bars nothing true."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_nodes import Federation, federation, forge, keys_of, line_of_three, one_batch, released

from offing.errors import BadDelivery
from offing.exchange import batch
from offing.exchange import keys as node_keys
from offing.exchange.carriers import folder
from offing.exchange.disk import MemoryDisk
from offing.exchange.keys import NodeKeys
from offing.exchange.own import Limits
from offing.exchange.papers import make_card
from offing.exchange.signing import key_id


def pair() -> Federation:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", "b"))
    return f


def code(
    f: Federation, raw: bytes, seq: int = 1, at: str = "us", by: str = "jp", originator: str = "jp", to: str = "us"
) -> str:
    done = f.nodes[at].take(by, originator, to, seq, raw)
    return done.code or done.state


def test_every_single_bit_of_a_batch_is_bound_and_the_true_one_is_taken_after_all() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.nodes["jp"].release(released("us", "a", text="corrected", round_deg=0.5))  # holds a put, a withdrawal and a redaction
    first, second = one_batch(f.nodes["jp"], "us"), one_batch(f.nodes["jp"], "us", 2)
    assert b'["x"' in first and b'["-"' in second and b'["+"' in second
    us = f.nodes["us"]
    reasons: dict[str, int] = {}
    for seq, raw in ((1, first), (2, second)):
        for bit in range(8 * len(raw)):
            i = bit // 8
            flipped = raw[:i] + bytes([raw[i] ^ 1 << bit % 8]) + raw[i + 1 :]
            done = us.take("jp", "jp", "us", seq, flipped, explained={(1, 0)})
            assert done.state == "refused", (seq, bit, done)
            reasons[done.code] = reasons.get(done.code, 0) + 1
        assert us.take("jp", "jp", "us", seq, raw, explained={(1, 0)}).state == "new"
        assert us.alarms() == []
    assert [r.record.values[0] for r in us.received()] == ["corrected"]
    assert sum(reasons.values()) == 8 * (len(first) + len(second))
    assert {"malformed", "forged", "wrong_place", "unknown_key"} <= set(reasons)


def test_every_single_bit_of_every_file_of_a_delivery_is_bound(tmp_path: Path) -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    f.pull("us", "jp")
    out = tmp_path / "out"
    folder.export(f.nodes["us"], "tw", out)
    bound = [p for p in sorted(out.rglob("*")) if p.is_file() and p.name != "README.md"]
    assert {p.relative_to(out).parts[0] for p in bound} == {"manifest.json", "papers", "streams"} and len(bound) >= 5
    tw = f.nodes["tw"]
    tried = 0
    for p in bound:
        raw = p.read_bytes()
        bits = (
            range(8 * len(raw)) if p.name == "manifest.json" else range(0, 8 * len(raw), 9)
        )  # below it each byte, bits in turn
        with p.open("r+b", buffering=0) as file:
            for bit in bits:
                file.seek(bit // 8)
                file.write(bytes([raw[bit // 8] ^ 1 << bit % 8]))
                with pytest.raises(BadDelivery):
                    folder.import_(tw, out)
                file.seek(bit // 8)
                file.write(raw[bit // 8 : bit // 8 + 1])
                tried += 1
        assert f.ids("tw") == [] and [p.id for p in tw.partners()] == ["us"], f"taken in after a change in {p.name}"
    assert folder.import_(tw, out).count("new") == 1 and f.ids("tw") == ["visit:a"]
    assert tried > 10_000


@pytest.mark.parametrize(
    "what", ["renamed", "added", "left out", "emptied", "linked", "another delivery's batch", "a folder more"]
)
def test_a_delivery_is_whole_or_refused(tmp_path: Path, what: str) -> None:
    f = pair()
    f.nodes["jp"].release(released("us", "a", "b", "c"))
    out = tmp_path / "out"
    folder.export(f.nodes["jp"], "us", out)
    one = out / "streams/jp--us/000001.batch"
    if what == "renamed":
        one.rename(one.with_name("000003.batch"))
    elif what == "added":
        (out / "papers/more.json").write_text("{}")
    elif what == "left out":
        one.unlink()
    elif what == "emptied":
        one.write_bytes(b"")
    elif what == "linked":
        other = tmp_path / "kept.batch"
        one.rename(other)
        one.symlink_to(other)
    elif what == "a folder more":
        (out / "streams/us--jp").mkdir()
    else:
        shutil.copy(out / "streams/jp--us/000002.batch", one)
    with pytest.raises(BadDelivery):
        folder.import_(f.nodes["us"], out)
    assert f.ids("us") == []


def test_a_changed_readme_binds_nothing(tmp_path: Path) -> None:
    f = pair()
    folder.export(f.nodes["jp"], "us", tmp_path / "out")
    (tmp_path / "out/README.md").write_text("another text")
    assert folder.import_(f.nodes["us"], tmp_path / "out").count("new") == 1


def test_replay_is_once() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    assert [f.nodes["us"].take("jp", "jp", "us", 1, raw).state for _ in range(3)] == ["new", "duplicate", "duplicate"]
    assert f.ids("us") == ["visit:a", "visit:b"]
    assert f.nodes["us"].status()[0].duplicates_n == 2


def test_replay_of_a_withdrawn_record_does_not_bring_it_back() -> None:
    f = pair()
    old = one_batch(f.nodes["jp"], "us")
    f.pull("us", "jp")
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    assert code(f, old) == "duplicate" and f.ids("us") == ["visit:a"]


def test_truncation_is_refused() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    ends = [i + 1 for i, c in enumerate(raw) if c == 10]
    for n in {0, 1, len(raw) - 1, *ends[:-1], *range(0, len(raw), 97)}:
        assert code(f, raw[:n]) == "malformed", n
    assert code(f, raw + b"\n") == code(f, raw + raw[ends[0] :]) == code(f, raw + b" ") == "malformed"
    assert code(f, raw) == "new"


def test_reordered_entries_are_refused() -> None:
    f = pair()
    head, a, b = one_batch(f.nodes["jp"], "us").splitlines(keepends=True)
    assert code(f, head + b + a) == "malformed"
    assert code(f, head + a + a) == "malformed"


def test_a_batch_before_its_predecessor_is_a_gap_and_is_taken_in_its_turn() -> None:
    f = pair()
    f.nodes["jp"].release(released("us", "a", "b", "c"))
    first, second = one_batch(f.nodes["jp"], "us"), one_batch(f.nodes["jp"], "us", 2)
    assert code(f, second, 2) == "gap"
    assert [g.seq for g in f.nodes["us"].status()[0].gaps] == [2]
    assert code(f, first) == "new" and code(f, second, 2) == "new"
    assert f.nodes["us"].status()[0].gaps == () and f.ids("us") == ["visit:a", "visit:b", "visit:c"]


def test_another_batch_than_the_one_asked_for_is_refused() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    assert code(f, raw, 2) == "wrong_place"
    f.add("tw")
    f.link("jp", "tw")
    f.nodes["jp"].release(released("tw", "z"))
    assert code(f, one_batch(f.nodes["jp"], "tw"), 1) == "wrong_place"


def test_the_wrong_recipient_takes_nothing(tmp_path: Path) -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("us", "a"))
    raw = one_batch(f.nodes["jp"], "us")
    f.nodes["tw"].add_card(f.nodes["jp"].card())
    done = f.nodes["tw"].take("us", "jp", "us", 1, raw)
    assert done.state == "quarantined" and f.ids("tw") == []
    folder.export(f.nodes["jp"], "us", tmp_path / "out")
    with pytest.raises(BadDelivery, match="is for 'us'"):
        folder.import_(f.nodes["tw"], tmp_path / "out")


def test_an_unknown_originator_and_an_unknown_neighbour_are_refused() -> None:
    f = line_of_three()
    f.nodes["jp"].release(released("tw", "a"))
    raw = one_batch(f.nodes["jp"], "tw", neighbour="us")
    assert code(f, raw, at="tw", by="us", to="tw") == "unknown_originator"
    assert code(f, raw, at="tw", by="jp", to="tw") == "unknown_partner"
    assert f.ids("tw") == []


def test_a_header_signed_by_another_key_is_refused() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    assert code(f, forge(f.nodes["jp"], raw, keys_of("us"))) == "unknown_key"
    # the right key's name over the wrong key's signature
    forged = forge(f.nodes["jp"], raw, keys_of("us"))
    forged = forged.replace(keys_of("us").key_id.encode(), keys_of("jp").key_id.encode())
    assert code(f, forged) == "forged"
    assert code(f, raw) == "new"


def test_a_widened_label_is_refused() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    for old, new in ((b'"onward":1', b'"onward":9'), (b'"expires_ms":null', b'"expires_ms":9')):
        assert old in raw and code(f, raw.replace(old, new)) == "forged"
    wider = forge(
        f.nodes["jp"],
        raw,
        keys_of("us"),
        labels=[{"expires_ms": None, "kind": "visit", "masked": [], "onward": 9, "purpose": "x", "round_deg": None}],
    )
    assert code(f, wider) == "unknown_key"


def test_a_stripped_entry_is_refused_and_the_whole_one_taken() -> None:
    f = pair()
    raw = one_batch(f.nodes["jp"], "us")
    got = batch.read_entries(batch.read_head(raw), raw)
    entry = got.entries[0]
    assert isinstance(entry, batch.Put)
    stripped = batch.line("x", 0, None, batch.inner_hash(bytes.fromhex(entry.salt), got.bodies[0]))
    head, _, b = raw.splitlines(keepends=True)
    done = f.nodes["us"].take("jp", "jp", "us", 1, head + stripped + b)
    assert done.code == "stripped" and "without the originator's word" in done.reason
    assert f.ids("us") == [] and code(f, raw) == "new"


def test_a_stripped_withdrawal_is_refused() -> None:
    """A holder cannot keep a record alive by hiding that it was withdrawn."""
    f = pair()
    f.pull("us", "jp")
    f.nodes["jp"].release(released("us", "a"))
    raw = one_batch(f.nodes["jp"], "us", 2)
    got = batch.read_entries(batch.read_head(raw), raw)
    entry = got.entries[0]
    assert isinstance(entry, batch.Withdrawal)
    stripped = batch.line("x", entry.label, None, batch.inner_hash(bytes.fromhex(entry.salt), got.bodies[0]))
    assert code(f, raw.splitlines(keepends=True)[0] + stripped, 2) == "stripped"


def test_a_hub_cannot_split_a_stream() -> None:
    """Leaving a batch out is a gap; leaving an entry out, or resending under its own name, is no batch of the originator."""
    f = line_of_three()
    for ids in (("a",), ("a", "b"), ("a", "b", "c")):
        f.nodes["jp"].release(released("tw", *ids))
    f.pull("us", "jp")
    f.nodes["tw"].take_papers("us", f.nodes["us"].papers_for("tw"))
    raws = [f.nodes["us"].batch_for("tw", "jp", "tw", seq) for seq in (1, 2, 3)]
    first, second, third = (r for r in raws if r)
    assert code(f, first, 1, "tw", "us", to="tw") == "new"
    assert code(f, third, 3, "tw", "us", to="tw") == "gap"
    moved = forge(f.nodes["jp"], third, keys_of("us"), seq=2)
    assert code(f, moved, 2, "tw", "us", to="tw") == "unknown_key"
    assert code(f, second, 2, "tw", "us", to="tw") == "new"
    assert f.ids("tw") == ["visit:a", "visit:b"]


def test_two_histories_are_an_alarm_with_both_signed_headers() -> None:
    f = pair()
    fork = federation("jp", "us")
    fork.link("jp", "us")
    fork.nodes["jp"].release(released("us", "other"))
    f.pull("us", "jp")
    assert code(f, one_batch(fork.nodes["jp"], "us")) == "two_histories"
    (alarm,) = f.nodes["us"].alarms()
    assert alarm.originator == "jp" and alarm.code == "two_histories" and len(alarm.evidence) == 2
    assert all(keys_of("jp").key_id.encode() in e for e in alarm.evidence)
    f.nodes["jp"].release(released("us", "a", "b", "c"))
    assert f.pull("us", "jp").taken[0].code == "blocked" and f.ids("us") == ["visit:a", "visit:b"]
    f.nodes["us"].clear_alarm(alarm.n)
    assert f.pull("us", "jp").count("new") == 1 and len(f.ids("us")) == 3
    assert code(f, one_batch(fork.nodes["jp"], "us")) == "two_histories" and len(f.nodes["us"].alarms()) == 1


def test_a_batch_that_follows_another_history_is_an_alarm() -> None:
    f = pair()
    fork = federation("jp", "us")
    fork.link("jp", "us")
    for ids in (("other",), ("other", "more")):
        fork.nodes["jp"].release(released("us", *ids))
    f.pull("us", "jp")
    assert code(f, one_batch(fork.nodes["jp"], "us", 2), 2) == "two_histories"


def test_two_histories_shown_to_two_hubs_are_found_by_their_receipts() -> None:
    f = federation("jp", "us", "au", "tw")
    for a, b in (("jp", "us"), ("tw", "us"), ("au", "tw")):
        f.link(a, b)
    fork = federation("jp", "au")
    fork.link("jp", "au")
    f.nodes["jp"].release(released("tw", "a"))
    fork.nodes["jp"].release(released("tw", "lie"))
    f.nodes["au"].add_card(f.nodes["jp"].card())
    f.nodes["au"].add_agreement(fork.nodes["au"].agreements()[0])
    raw = one_batch(fork.nodes["jp"], "tw", neighbour="au")
    assert f.nodes["au"].take("jp", "jp", "tw", 1, raw).state == "new"
    f.pull("us", "jp")
    f.pull("tw", "us")
    assert f.ids("tw") == ["visit:a"]
    f.pull("tw", "au")
    alarms = f.nodes["tw"].alarms()
    assert {a.originator for a in alarms} == {"jp"} and {a.code for a in alarms} == {"contradicted", "two_histories"}


def rotated(old: NodeKeys) -> NodeKeys:
    return replace(old, folder=None).rotate()[0]


def test_a_rotated_key_is_announced_and_the_old_one_is_stale() -> None:
    f = pair()
    f.pull("us", "jp")
    old = f.nodes["jp"]
    f.add("jp", old.disk, rotated(old.own.keys))  # type: ignore[arg-type]
    new = f.nodes["jp"]
    new.release(released("us", "a", "b", "c"))
    announcement, third = one_batch(new, "us", 2), one_batch(new, "us", 3)
    assert code(f, third, 3) == "gap"
    assert code(f, announcement, 2) == "new"
    assert code(f, forge(old, third), 3) == "stale_key"
    assert code(f, third, 3) == "new" and len(f.ids("us")) == 3
    f.pull("us", "jp")
    assert f.nodes["us"].card_of("jp").key_id == key_id(new.own.keys.public)  # type: ignore[union-attr]
    new.release(released("us", "a"))
    assert code(f, forge(old, one_batch(new, "us", 4)), 4) == "stale_key"


def test_a_key_that_the_stream_does_not_announce_is_refused() -> None:
    f = pair()
    f.pull("us", "jp")
    jp = f.nodes["jp"]
    new = rotated(jp.own.keys)
    f.nodes["us"].take_papers("jp", [make_card(new).envelope])
    jp.release(released("us", "a"))
    raw = one_batch(jp, "us", 2)
    assert code(f, forge(jp, raw, new), 2) == "unknown_key"
    assert code(f, raw, 2) == "new"


def test_a_key_that_is_named_without_its_own_word_is_refused() -> None:
    f = pair()
    f.pull("us", "jp")
    jp, thief = f.nodes["jp"], NodeKeys.in_memory("jp", seed=b"t" * 32)
    said = node_keys.next_key("jp", jp.own.keys.signing, thief.signing)
    jp.release(released("us", "a"))
    raw = one_batch(jp, "us", 2)
    assert code(f, forge(jp, raw, next_key={**said, "sig": "00" * 64}), 2) == "bad_key"
    assert code(f, raw, 2) == "new"


def test_a_revoked_key_signs_nothing_more() -> None:
    f = pair()
    jp = f.nodes["jp"]
    old = jp.own.keys
    f.add("jp", jp.disk, rotated(old))  # type: ignore[arg-type]
    f.nodes["jp"].revoke_key(old.public_hex, "stolen")
    f.nodes["us"].take_papers("jp", f.nodes["jp"].papers_for("us"))
    assert code(f, one_batch(f.nodes["jp"], "us")) == "revoked_key"


def test_too_much_from_one_partner_is_refused() -> None:
    f = federation("jp")
    f.add("us", MemoryDisk(), limits=Limits(batch_bytes=4_000, partner_batches=1))
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.nodes["jp"].release(released("us", "a", "b"))
    f.nodes["jp"].release(released("us", "a", "b", *(f"{i:02d}" for i in range(40))))
    assert [t.code for t in f.pull("us", "jp").taken] == ["", "quota"]
    assert code(f, one_batch(f.nodes["jp"], "us", 3), 3) == "oversize"
    assert f.ids("us") == ["visit:a"]
