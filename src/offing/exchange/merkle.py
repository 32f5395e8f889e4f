"""Hash trees of RFC 6962: one root for any number of leaves, and short proofs that a leaf or an older tree is in it.

A leaf hash is SHA-256 of 0x00 and the data, a node SHA-256 of 0x01 and its two children; the left side is always the
largest full tree that fits. Verification follows RFC 9162, section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The 32 bytes that stand for a leaf's data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32 bytes that stand for two children."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes (`leaf_hash` of each leaf's data, in order).

    Level by level an odd last node moves up as it is: that gives the same tree as the recursive split of the RFC.
    """
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level += odd
    return level[0]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes, from the leaf upwards, with which the leaf at `index` gives the root.

    Raises:
        ValueError: there is no leaf at `index`.
    """
    if not 0 <= index < len(leaf_hashes):
        raise ValueError(f"there is no leaf {index} in a tree of {len(leaf_hashes)}")
    if len(leaf_hashes) == 1:
        return []
    k = _split(len(leaf_hashes))
    if index < k:
        return [*inclusion_proof(leaf_hashes[:k], index), root(leaf_hashes[k:])]
    return [*inclusion_proof(leaf_hashes[k:], index - k), root(leaf_hashes[:k])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows that `leaf` (a leaf hash) lies at `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    at, last, got = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            got = node_hash(sibling, got)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            got = node_hash(got, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and got == root_hash


def consistency_proof(leaf_hashes: Sequence[bytes], first: int) -> list[bytes]:
    """The hashes that show that the tree of the first `first` leaves is a beginning of the tree of all.

    Raises:
        ValueError: `first` is below 1 or beyond the tree.
    """
    if not 1 <= first <= len(leaf_hashes):
        raise ValueError(f"a tree of {len(leaf_hashes)} has no beginning of {first}")
    return _consistency(leaf_hashes, first, whole=True)


def _consistency(leaf_hashes: Sequence[bytes], first: int, whole: bool) -> list[bytes]:
    """`whole`: the beginning is a tree that the verifier has the root of, so its hash need not be told."""
    n = len(leaf_hashes)
    if first == n:
        return [] if whole else [root(leaf_hashes)]
    k = _split(n)
    if first <= k:
        return [*_consistency(leaf_hashes[:k], first, whole), root(leaf_hashes[k:])]
    return [*_consistency(leaf_hashes[k:], first - k, False), root(leaf_hashes[:k])]


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `first` leaves is a beginning of the tree of `second` leaves."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:  # a full tree: its root is the first hash
        path.insert(0, first_root)
    if not path:
        return False
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for h in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(h, old), node_hash(h, new)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, h)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(n: int) -> int:
    """The largest power of two below n."""
    return 1 << ((n - 1).bit_length() - 1)
