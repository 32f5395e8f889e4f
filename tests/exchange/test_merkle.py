"""Hash trees against the published vectors of RFC 6962 and a second, recursive writing of its definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.exchange.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves, roots and proofs of the reference implementation of Certificate Transparency (merkle_tree_test.cc),
# which every implementation of RFC 6962 and RFC 9162 is checked against.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
HASHES = [leaf_hash(bytes.fromhex(x)) for x in LEAVES]


def made(n: int) -> list[bytes]:
    return [leaf_hash(b"leaf %d" % i) for i in range(n)]


def by_definition(leaf_hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    n = len(leaf_hashes)
    if n == 1:
        return leaf_hashes[0]
    k = 1
    while 2 * k < n:
        k *= 2
    return sha256(b"\x01" + by_definition(leaf_hashes[:k]) + by_definition(leaf_hashes[k:])).digest()


def test_published_roots() -> None:
    assert root([]).hex() == EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root(HASHES[:n]).hex() for n in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_published_inclusion_proofs(index: int, size: int) -> None:
    published = [bytes.fromhex(h) for h in INCLUSION[index, size]]
    assert inclusion_proof(HASHES[:size], index) == published
    assert verify_inclusion(HASHES[index], index, size, published, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_published_consistency_proofs(first: int, second: int) -> None:
    published = [bytes.fromhex(h) for h in CONSISTENCY[first, second]]
    assert consistency_proof(HASHES[:second], first) == published
    assert verify_consistency(first, second, bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[second - 1]), published)


def test_roots_are_those_of_the_definition() -> None:
    leaves = made(300)
    assert all(root(leaves[:n]) == by_definition(leaves[:n]) for n in range(1, 301))


def test_every_proof_of_every_small_tree_holds_and_nothing_else_does() -> None:
    leaves = made(33)
    wrong = leaf_hash(b"another")
    for size in range(1, 34):
        top = root(leaves[:size])
        for i in range(size):
            proof = inclusion_proof(leaves[:size], i)
            assert verify_inclusion(leaves[i], i, size, proof, top)
            assert not verify_inclusion(wrong, i, size, proof, top)
            assert not any(verify_inclusion(leaves[i], j, size, proof, top) for j in range(-1, size + 1) if j != i)
            assert not verify_inclusion(leaves[i], i, size, [*proof, wrong], top)
            assert not verify_inclusion(leaves[i], i, size, proof[:-1], top) or not proof
            assert not any(
                verify_inclusion(leaves[i], i, size, [*proof[:j], wrong, *proof[j + 1 :]], top) for j in range(len(proof))
            )
        for first in range(1, size + 1):
            proof, old = consistency_proof(leaves[:size], first), root(leaves[:first])
            assert verify_consistency(first, size, old, top, proof)
            assert not verify_consistency(first, size, wrong, top, proof)
            assert not verify_consistency(first, size, old, wrong, proof)
            assert not verify_consistency(first, size, old, top, [*proof, wrong])
            assert not verify_consistency(first, size, old, top, proof[:-1]) or not proof
            assert not any(
                verify_consistency(first, size, old, top, [*proof[:j], wrong, *proof[j + 1 :]]) for j in range(len(proof))
            )


@given(st.data(), st.integers(2, 200))
def test_another_history_has_no_proof(data: st.DataObject, size: int) -> None:
    """Two trees that differ in one leaf: the proof that one's beginning lies in the other does not hold."""
    first = data.draw(st.integers(1, size))
    at = data.draw(st.integers(0, first - 1))
    leaves = made(size)
    other = [*leaves[:at], leaf_hash(b"rewritten"), *leaves[at + 1 :]]
    assert not verify_consistency(first, size, root(leaves[:first]), root(other), consistency_proof(other, first))


def test_a_leaf_is_no_node_and_the_last_leaf_counts_once() -> None:
    a, b = made(2)
    assert leaf_hash(a + b) != root([a, b])
    assert len({root(made(3)), root([*made(3), made(3)[2]])}) == 2, "the tree of Bitcoin doubles an odd last leaf"


def test_what_cannot_be_asked() -> None:
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(made(3), index)
    for first in (0, 4):
        with pytest.raises(ValueError, match="no beginning"):
            consistency_proof(made(3), first)
    assert not verify_consistency(0, 3, EMPTY_ROOT, root(made(3)), [])
    assert not verify_consistency(4, 3, root(made(4)), root(made(3)), [])
    assert not verify_consistency(3, 5, root(made(3)), root(made(5)), [])
