"""Interoperability: agreements and formats together, against sets worked out anew; and the worked example."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from offing.model.sharing import RECORD_KINDS, Agreement
from offing.policy.agreements_file import read_examples
from offing.policy.interop import Flow, common_forms, flows
from offing.policy.reach import reaches
from offing.policy.systems_file import NONE, Format, System, Systems, read_partners, read_systems
from offing.regions import folder_of

FOLDER = folder_of("east_asia") / "partners"
DAY = date(2026, 9, 1)
PARTNERS = ("jp", "tw", "us")
FORMATS = {
    "csv": Format("csv", {}, ("visit", "streak"), ("internet", "folder")),
    "radio": Format("radio", {}, ("sighting",), ("uhf",)),
    "ais": Format("ais", {}, (), ("internet",), rebuilds=("visit",)),
}


def system(partner: str, formats: tuple[str, ...], links: tuple[str, ...], n: int = 1) -> System:
    return System(f"{partner}-{n}", partner, partner, {}, formats, links)


def agreement(a: str, b: str, onward: int = 1, kinds: tuple[str, ...] = RECORD_KINDS) -> Agreement:
    return Agreement(f"{a}-{b}", (a, b), kinds, ("safety",), date(2020, 1, 1), date(2030, 1, 1), onward)


def flow(agreements: list[Agreement], systems: Systems, a: str, b: str, kind: str) -> Flow:
    found = flows(reaches(PARTNERS, agreements, DAY, (kind,)), systems)
    return next(f for f in found if (f.reach.originator, f.reach.recipient) == (a, b))


def test_one_format_over_one_link_on_every_stage() -> None:
    held = [agreement("jp", "us"), agreement("tw", "us")]
    systems = Systems(FORMATS, (system("jp", ("csv",), ("internet",)), system("us", ("csv",), ("internet", "folder")),
                                system("tw", ("csv",), ("folder",))), {})  # fmt: skip
    f = flow(held, systems, "jp", "tw", "visit")
    assert f.flows and f.missing == ()
    assert [s.text for s in f.stages] == ["jp > us: csv over internet", "us > tw: csv over folder"]
    assert f.common == (), "the same format, but no link that both have"


def test_a_common_format_without_an_agreement() -> None:
    systems = Systems(FORMATS, (system("jp", ("radio",), ("uhf",)), system("tw", ("radio",), ("uhf",))), {})
    f = flow([agreement("jp", "us")], systems, "jp", "tw", "sighting")
    assert not f.flows and f.missing == ("agreement",) and [c.text for c in f.common] == ["radio over uhf"]
    assert f.common[0].systems == (("jp-1",), ("tw-1",))


def test_an_agreement_without_a_common_format() -> None:
    systems = Systems(FORMATS, (system("jp", ("csv",), ("internet",)), system("us", ("radio",), ("uhf",))), {})
    f = flow([agreement("jp", "us")], systems, "jp", "us", "visit")
    assert not f.flows and f.missing == ("format",) and f.way is not None
    f = flow([], systems, "jp", "us", "visit")
    assert f.missing == ("agreement", "format")


def test_neither_consent_nor_format() -> None:
    held = [agreement("jp", "us", onward=0), agreement("tw", "us", onward=0)]
    assert flow(held, NONE, "jp", "tw", "visit").missing == ("agreement", "onward", "format")


def test_what_can_only_be_worked_out_again_is_said_to_be_such() -> None:
    systems = Systems(FORMATS, tuple(system(p, ("ais",), ("internet",)) for p in PARTNERS), {})
    f = flow([agreement("jp", "us")], systems, "jp", "us", "visit")
    assert f.flows and f.stages[0].forms[0].rebuilt and "worked out again" in f.stages[0].text
    assert not flow([agreement("jp", "us")], systems, "jp", "us", "streak").flows
    both = Systems(FORMATS, (*systems.systems, *(system(p, ("csv",), ("internet",), 2) for p in PARTNERS)), {})
    assert [c.format for c in common_forms("jp", "us", "visit", both)] == ["csv", "ais"], "the record itself comes first"


def test_nodes_speak_to_each_other_whatever_else_they_have() -> None:
    held = [agreement("jp", "us"), agreement("tw", "us")]
    for kind in RECORD_KINDS:
        f = flow(held, NONE.with_nodes(PARTNERS), "tw", "jp", kind)
        assert f.flows and [s.forms[0].text for s in f.stages] == ["offing over internet", "offing over internet"]


def test_of_two_ways_the_one_that_has_formats() -> None:
    partners = ("au", "jp", "tw", "us")
    held = [agreement(a, b) for a, b in (("jp", "us"), ("tw", "us"), ("au", "jp"), ("au", "tw"))]
    systems = Systems(FORMATS, tuple(system(p, ("csv",), ("internet",)) for p in ("jp", "tw", "us")), {})
    found = flows(reaches(partners, held, DAY, ("visit",)), systems)
    f = next(f for f in found if (f.reach.originator, f.reach.recipient) == ("jp", "tw"))
    assert len(f.reach.ways) == 2 and f.way is not None and f.way.between == ("us",) and f.flows


SYSTEMS = st.lists(
    st.builds(
        lambda p, f, links, n: System(f"{p}-{n}", p, p, {}, tuple(sorted(f)), tuple(sorted(links))),
        st.sampled_from(PARTNERS),
        st.sets(st.sampled_from(sorted(FORMATS))),
        st.sets(st.sampled_from(["internet", "folder", "uhf"])),
        st.integers(0, 99),
    ),
    max_size=6,
    unique_by=lambda s: s.id,
)
HELD = st.lists(
    st.builds(
        agreement,
        st.sampled_from(["jp"]) | st.sampled_from(["tw"]),
        st.just("us"),
        st.integers(0, 1),
        st.sets(st.sampled_from(RECORD_KINDS), min_size=1).map(lambda k: tuple(sorted(k))),
    ),
    max_size=2,
    unique_by=lambda a: a.id,
)


@given(SYSTEMS, HELD)
def test_it_is_what_sets_say(systems: list[System], held: list[Agreement]) -> None:
    def spoken(p: str, kind: str) -> set[tuple[str, str]]:
        return {
            (f.id, link)
            for s in systems
            for f in FORMATS.values()
            for link in f.links
            if s.partner == p and f.id in s.formats and link in s.links and (kind in f.carries or kind in f.rebuilds)
        }

    for f in flows(reaches(PARTNERS, held, DAY), Systems(FORMATS, tuple(systems), {})):
        a, b, kind = f.reach.originator, f.reach.recipient, f.reach.kind
        assert {(c.format, c.link) for c in f.common} == spoken(a, kind) & spoken(b, kind)
        legs = [spoken(x, kind) & spoken(y, kind) for x, y in pairwise(f.way.partners)] if f.way else []
        assert f.flows == (bool(legs) and all(legs))
        assert f.flows == (not f.missing)
        for stage, leg in zip(f.stages, legs, strict=True):
            assert {(c.format, c.link) for c in stage.forms} == leg


def example(nodes: bool) -> dict[tuple[str, str, str], Flow]:
    partners = [p.id for p in read_partners(FOLDER / "partners.toml")]
    held = [e.agreement for e in read_examples(FOLDER / "agreements.toml")]
    systems = read_systems(FOLDER / "systems.toml", example=True)
    found = flows(reaches(partners, held, DAY), systems.with_nodes(partners) if nodes else systems)
    return {(f.reach.originator, f.reach.recipient, f.reach.kind): f for f in found}


def test_the_worked_example_between_japan_and_taiwan() -> None:
    """Common formats and no agreement; with consent to onward release, through Washington; never a direct agreement."""
    found = example(nodes=False)
    sighting = found["jp", "tw", "sighting"]
    assert not sighting.flows and "agreement" in sighting.missing and [c.format for c in sighting.common] == ["link-16"]
    visit = found["jp", "tw", "visit"]
    assert visit.way is not None and visit.way.partners == ("jp", "us", "tw") and visit.way.label_onward == 1
    assert all(form.rebuilt for s in visit.stages for form in s.forms), "AIS holds positions, not visits"
    incident = found["jp", "tw", "incident"]
    assert not incident.flows and incident.missing == ("format",), "an agreement, and no form in common with Taiwan"
    with_nodes = example(nodes=True)
    assert with_nodes["jp", "tw", "incident"].flows and not with_nodes["jp", "tw", "sighting"].flows
    assert "onward" in found["ph", "jp", "visit"].missing and found["eu", "jp", "watch_day"].way is not None
    assert {k for (a, b, k), f in found.items() if (a, b) == ("eu", "jp") and f.way} == {"watch_day", "incident"}
