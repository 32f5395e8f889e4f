"""Exact predicates against fractions, with the infinitesimal move written out as a very small one."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from offing.kernels.exact import cross, crosses, crossing_fraction, ray_meets, side_of_position, side_of_vertex

SMALL = settings(max_examples=600, deadline=None, derandomize=True)
EAST, NORTH = Fraction(1, 10**26), Fraction(1, 10**13)  # far below the least that integers of this size can show
FAR = 10**15

near = st.integers(-3, 3)  # lattices: nearly everything ties
world = st.integers(0, 3_600_000_000)
point = st.tuples(near, near)
Point = tuple[int, int]


def area(a: tuple, b: tuple, p: tuple) -> Fraction:
    return Fraction((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]))


def moved(p: Point) -> tuple[Fraction, Fraction]:
    return p[0] + EAST, p[1] + NORTH


def meet(p: Point, q: Point, a: Point, b: Point) -> bool:
    """Whether the moved PQ and AB cross, by fractions; a segment without a length crosses nothing."""
    p2, q2 = moved(p), moved(q)
    if p == q or a == b:
        return False
    sides = [area(p2, q2, a), area(p2, q2, b), area(a, b, p2), area(a, b, q2)]
    assert 0 not in sides, "the move leaves no ties"
    return (sides[0] > 0) != (sides[1] > 0) and (sides[2] > 0) != (sides[3] > 0)


@given(point, point, point, point)
@SMALL
def test_crosses_on_a_lattice(p: Point, q: Point, a: Point, b: Point) -> None:
    assert crosses(*p, *q, *a, *b) == meet(p, q, a, b)
    assert crosses(*q, *p, *b, *a) == meet(p, q, a, b)


@given(point, point, point)
@SMALL
def test_sides_on_a_lattice(a: Point, b: Point, p: Point) -> None:
    if a != b:
        assert (side_of_position(*a, *b, *p) > 0) == (area(a, b, moved(p)) > 0)
        assert (side_of_vertex(*a, *b, *p) > 0) == (area(moved(a), moved(b), p) > 0)


@given(world, world, world, st.integers(0, 1_800_000_000), st.data())
@SMALL
def test_nothing_overflows_at_full_size(px: int, ax: int, qx: int, py: int, data: st.DataObject) -> None:
    span = st.integers(-100_000_000, 100_000_000)  # an edge: at most 10 degrees
    qx = px + (qx - px) % 1_800_000_001  # a hop: at most 180 degrees
    qy = data.draw(st.integers(0, 1_800_000_000))
    # an edge near the hop, as the walk finds them
    f = data.draw(st.fractions(0, 1))
    ax, ay = px + round(f * (qx - px)), py + round(f * (qy - py))
    bx, by = ax + data.draw(span), ay + data.draw(span)
    ax, ay = ax + data.draw(span) // 2, ay + data.draw(span) // 2
    if max(abs(ax - bx), abs(ay - by)) > 100_000_000:
        return
    p, q, a, b = (px, py), (qx, qy), (ax, ay), (bx, by)
    assert cross(*a, *b, *p) == area(a, b, p)
    assert cross(*p, *q, *a) == area(p, q, a)
    assert crosses(*p, *q, *a, *b) == meet(p, q, a, b)


@given(point, point, point, point)
@SMALL
def test_the_fraction_is_where_the_lines_meet(p: Point, q: Point, a: Point, b: Point) -> None:
    if not meet(p, q, a, b):
        return
    at = crossing_fraction(*p, *q, *a, *b)
    over, under = area(a, b, p), area(a, b, p) - area(a, b, q)
    if under != 0:
        assert abs(at - over / under) < Fraction(1, 10**12)
    assert 0 <= at <= 1


@given(point, point, point)
@SMALL
def test_the_ray_to_the_east(a: Point, b: Point, p: Point) -> None:
    if a == b:
        return
    p2 = moved(p)
    if (a[1] > p2[1]) == (b[1] > p2[1]):
        assert not ray_meets(*a, *b, *p)
        return
    x = a[0] + (b[0] - a[0]) * (p2[1] - a[1]) / Fraction(b[1] - a[1])
    assert ray_meets(*a, *b, *p) == (x > p2[0])


@given(st.lists(point, min_size=3, max_size=7), point, point)
@SMALL
def test_inside_before_crossings_and_inside_after_agree(ring: list[Point], p: Point, q: Point) -> None:
    edges = [(a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True) if a != b]
    before = sum(ray_meets(*a, *b, *p) for a, b in edges) % 2
    after = sum(ray_meets(*a, *b, *q) for a, b in edges) % 2
    assert sum(crosses(*p, *q, *a, *b) for a, b in edges) % 2 == (before != after)
