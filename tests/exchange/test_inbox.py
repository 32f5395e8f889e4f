"""What a node takes in from a neighbour, and what it leaves for later."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from small_nodes import DAY_MS, Link, federation, label, one_batch, released, visit

from offing.errors import SharingError, UnknownName
from offing.exchange import batch
from offing.exchange.node import Node
from offing.model.sharing import Record, Released


def test_clocks_may_differ_by_a_day() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", expires_ms=f.now_ms + DAY_MS))
    f.now_ms += DAY_MS
    raw = one_batch(f.nodes["jp"], "us")
    f.now_ms -= DAY_MS
    assert f.nodes["us"].take("jp", "jp", "us", 1, raw).state == "new"


def test_what_lacks_its_agreement_is_quarantined_and_tried_again() -> None:
    f = federation("jp", "us")
    agreement = f.link("jp", "us")
    f.nodes["us"].add_agreement(replace(agreement, kinds=("incident",)))
    f.nodes["jp"].release(released("us", "a"))
    (taken,) = f.pull("us", "jp").taken
    assert (taken.state, taken.code) == ("quarantined", "kind_not_agreed")
    (q,) = f.nodes["us"].status()[0].quarantined
    assert "kind of record" in q.reason and f.ids("us") == []
    f.nodes["us"].add_agreement(agreement)
    assert f.pull("us", "jp").count("new") == 1 and f.nodes["us"].status()[0].quarantined == ()


def test_a_record_of_wrong_values_is_refused_by_its_recipient() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    values = visit("a").values
    bad = Record("visit", "visit:a", (7, *values[1:]))
    f.nodes["jp"].release(Released("us", [(bad, label("jp", "us"))]))
    (taken,) = f.pull("us", "jp").taken
    assert taken.code == "bad_record" and f.ids("us") == []


def test_a_broken_link_keeps_what_came_before() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    for ids in (("a",), ("a", "b")):
        f.nodes["jp"].release(released("us", *ids))

    class Broken(Link):
        def fetch(self, originator: str, recipient: str, seq: int) -> bytes | None:
            if seq == 2:
                raise SharingError("The link broke.")
            return super().fetch(originator, recipient, seq)

    done = f.nodes["us"].pull(Broken(f.nodes["jp"], "us"), "jp")
    assert done.broken == "The link broke." and f.ids("us") == ["visit:a"]
    assert f.pull("us", "jp").count("new") == 1


def test_a_stream_can_be_forgotten_and_taken_anew() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    f.pull("us", "jp")
    version = f.nodes["us"].received_version()
    f.nodes["us"].forget("jp", "us")
    assert f.ids("us") == [] and f.nodes["us"].received_version() > version
    assert f.pull("us", "jp").count("new") == 1 and f.ids("us") == ["visit:a"]
    with pytest.raises(UnknownName):
        f.nodes["us"].forget("us", "jp")


def test_withdrawals_of_what_is_not_there_are_refused_even_when_signed() -> None:
    """An originator's own mistake, or malice: nothing of the batch is taken, and the sound one is."""
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a", "b"))
    f.pull("us", "jp")
    f.nodes["jp"].release(released("us", "a", text="new"))
    raw = one_batch(f.nodes["jp"], "us", 2)
    got = batch.read_entries(batch.read_head(raw), raw)
    head, put, superseded, withdrawn = raw.splitlines(keepends=True)
    assert got.entries[1].body == (1, 0, "superseded", 2, 0) and got.entries[2].body == (1, 1, "withdrawn", None, None)  # type: ignore[union-attr]
    for line, old, new in (
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[1,2,"withdrawn",null,null]'),
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[3,0,"withdrawn",null,null]'),
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[2,1,"withdrawn",null,null]'),
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[1,1,"withdrawn",2,0]'),
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[1,1,"secret",null,null]'),
        (withdrawn, b'[1,1,"withdrawn",null,null]', b'[1,-1,"withdrawn",null,null]'),
        (superseded, b'"superseded",2,0]', b'"superseded",null,null]'),
        (superseded, b'"superseded",2,0]', b'"superseded",1,0]'),
        (superseded, b'"superseded",2,0]', b'"superseded",2,2]'),
    ):
        assert old in line
        false = head + put + superseded.replace(old, new) + withdrawn.replace(old, new)
        done = f.nodes["us"].take("jp", "jp", "us", 2, resigned(f.nodes["jp"], false))
        assert done.code == "malformed", (new, done)
    assert f.nodes["us"].take("jp", "jp", "us", 2, raw).state == "new"
    assert [(r.record.id, r.version) for r in f.nodes["us"].received()] == [("visit:a", 2)]


def test_a_body_of_another_kind_or_length_than_its_label_is_refused_even_when_signed() -> None:
    f = federation("jp", "us")
    f.link("jp", "us")
    f.nodes["jp"].release(released("us", "a"))
    raw = one_batch(f.nodes["jp"], "us")
    for old, new in (
        (b'["visit","visit:a",1,', b'["incident","visit:a",1,'),
        (b'"visit:a",1,', b'"visit:a",0,'),
        (b'"visit:a",1,[', b'"visit:a",1,[null,'),
        (b'"visit:a"', b'""'),
    ):
        assert old in raw
        done = f.nodes["us"].take("jp", "jp", "us", 1, resigned(f.nodes["jp"], raw.replace(old, new)))
        assert done.code == "bad_record", (new, done)
    assert f.nodes["us"].take("jp", "jp", "us", 1, raw).state == "new"


def resigned(node: Node, raw: bytes) -> bytes:
    """These lines below the same header, with the root that fits them, signed by the node."""
    head = batch.read_head(raw)
    leaves = []
    for line in raw.splitlines()[1:]:
        _, label, salt, _ = json.loads(line)
        body = line[line.index(salt.encode()) + len(salt) + 2 : -1]
        leaves.append(batch.leaf(label, batch.inner_hash(bytes.fromhex(salt), body)))
    said = {k: v for k, v in head.signed["payload"].items() if k not in ("v", "n", "root")}
    return batch.make(said, leaves, node.own.keys.signing)[0] + raw[raw.index(b"\n") :]
