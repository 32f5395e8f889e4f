"""Received rows one by one: what labels still allow of figures, `why`, the record's rows, and SQL."""

from __future__ import annotations

from datetime import date

import polars as pl
from small_partners import ALWAYS, CAME_MS, OURS, THEIRS, MakeWorld, days_of, give, record, records, sent, visits_of
from small_worlds import BOX, LIGHT, OTHER, World, day, lying

from offing.figures.ids import FigureSpec
from offing.figures.watch_days import OBSERVED
from offing.model.sharing import Label
from offing.pipeline.figuring import Question
from offing.pipeline.merged import Received, labels_of_days


def asked(world: World, fleet: str = "own", **more: object) -> Question:
    return Question.of(world.book.store, world.book.waters, FigureSpec("streak", (BOX,), fleet, **more))  # type: ignore[arg-type]


# -- labels


def test_a_figure_carries_the_strictest_label_of_what_it_rests_on(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS)
    base = Label("us", "watch_day", frozenset({"tw", "au"}), "maritime_safety", onward=3, expires_ms=9_000_000_000_000)
    end = CAME_MS + 10**10
    give(us.book, visits_of(jp.book, "jp", onward=2, expires_ms=end, masked=["positions_n"]))
    q = asked(us)
    assert q.label_of_figure(base, day(4), day(4)) == base  # of own visits alone
    of_third = q.label_of_figure(base, day(3), day(3))
    assert of_third == Label(
        "us", "watch_day", frozenset({"tw", "au"}), "maritime_safety", 1, end, masked=frozenset({"positions_n"})
    )
    assert q.label_of_figure(base) == of_third
    give(us.book, visits_of(jp.book, "jp", onward=0))
    assert asked(us).label_of_figure(base, day(3), day(3)).releasable_to == frozenset()
    assert asked(us).label_of_figure(base, day(1), day(1)) == base
    give(us.book, visits_of(jp.book, "jp", onward=1, purpose="fisheries"))
    assert asked(us).label_of_figure(base, day(2), day(3)).releasable_to == frozenset()
    give(us.book, days_of(jp.book, "jp", BOX, "own", onward=1))
    assert asked(us).label_of_figure(base, day(3), day(3)).onward == 0


def test_labels_of_many_days_are_those_of_each(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS, lying(LIGHT, range(40, 140), 10.2))
    base = Label("us", "watch_day", frozenset({"tw"}), "maritime_safety", onward=2)
    give(
        us.book, visits_of(jp.book, "jp", onward=2), days_of(jp.book, "jp", BOX, "own", onward=0).head(1),
        visits_of(jp.book, "au", onward=1, expires_ms=CAME_MS * 2).tail(2), visits_of(jp.book, "tw", masked=["mmsi"]),
    )  # fmt: skip
    q, days = asked(us), [day(n) for n in range(1, 9)]
    each = [q.label_of_figure(base, d, d) for d in days]
    assert labels_of_days(q.received, q.zones, q.fleet, q.day_rule, base, days) == each
    assert (each[0], each[7]) == (base, base) and each[4] == base  # LIGHT's visit is no matter of the fleet
    assert each[1].releasable_to == frozenset() and (each[2].onward, each[2].expires_ms) == (0, CAME_MS * 2)
    every = asked(us, "any")
    labels = labels_of_days(every.received, every.zones, every.fleet, every.day_rule, base, days)
    assert labels == [every.label_of_figure(base, d, d) for d in days] and labels[4].releasable_to == frozenset()
    assert labels_of_days(q.received, q.zones, q.fleet, q.day_rule, base, []) == []


def test_given_rows_stand_for_the_held_ones(make: MakeWorld) -> None:
    """A release view names whose rows take part; its words need not tell who they are."""
    us, jp = make("us", lying(LIGHT, range(0, 72), 10.4)), make("jp", THEIRS, ALWAYS)
    give(us.book, visits_of(jp.book, "jp"))
    none = Question.of(us.book.store, us.book.waters, FigureSpec("streak", (BOX,), "own"), Received.nothing())
    assert OBSERVED not in none.days()["state"].to_list() and OBSERVED in asked(us).days()["state"].to_list()
    given_days = Received(
        pl.DataFrame(schema=asked(us).received.visits.schema), days_of(jp.book, "jp", BOX, "own"),
        asked(us).received.streaks, named=False,
    )  # fmt: skip
    told = Question.of(us.book.store, us.book.waters, FigureSpec("streak", (BOX,), "own"), given_days).days()
    said = [b for b in told["because"].to_list() if b]
    assert any("another account" in b for b in said) and not any("jp" in b for b in said)


# -- why


def test_why_of_a_received_visit_ends_at_its_batch(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS)
    give(us.book, visits_of(jp.book, "jp", hub="tw", agreement="tw-us", vouched_by="tw", onward=1, expires_ms=CAME_MS * 2))
    event_id = jp.book.visits()["event_id"][0]
    links = us.book.why(event_id)
    assert [x.kind for x in links] == ["visit", *["received"] * 4]
    text = "\n".join(x.text for x in links)
    assert f"jp says: {OTHER} in {BOX}" in text and "jp signed it: batch 1, entry 0" in text
    assert "received from tw at 2026-08-01T12:00:00Z, under the agreement tw-us" in text and "vouched for by tw" in text
    assert all(x.raw is None and x.file is None for x in links)


def test_why_of_a_merged_day_opens_every_account(make: MakeWorld) -> None:
    us, jp = make("us", OURS, ALWAYS), make("jp", OURS, THEIRS, ALWAYS)
    give(us.book, visits_of(jp.book, "jp"), days_of(jp.book, "tw", BOX, "own"))
    links = us.book.why(f"day:{BOX}:own:ais:2024-03-02")
    visits = [x for x in links if x.kind == "visit"]
    ids = us.book.days(BOX, "own").row(1, named=True)["visits"]
    assert {x.id for x in visits} == set(ids) and len(visits) == 3  # ours, theirs of ours, theirs
    assert [x.text.startswith("jp says") for x in visits] == [False, True, True]
    assert any(x.kind == "raw" for x in links)
    assert [x.text for x in links if x.kind == "day"][1].startswith("tw says: 2024-03-02: observed, 2 hulls")
    by_days = us.book.why(f"day:{BOX}:own:ais:2024-03-03")
    assert "tw says" in "\n".join(x.text for x in by_days) and "by_days" not in by_days[0].text


def test_why_of_records_that_only_partners_have(make: MakeWorld) -> None:
    us, jp = make("us", run=False), make("jp", THEIRS)
    streaks = records("streak", jp.book.streaks(BOX, "own"))
    seen = record(
        "sighting", "sighting:x:1", office="jp-joint-staff", start_day="2026-03-01", hulls=["155"], sentence="It sailed."
    )
    happened = record("incident", "incident-1", kind="other", start_utc=CAME_MS, place="at sea", text="A thing happened.")
    give(us.book, sent("jp", "streak", streaks), sent("jp", "sighting", [seen]), sent("jp", "incident", [happened]))
    for record_id, words in ((streaks[0].id, "2 calendar days"), ("sighting:x:1", "It sailed."), ("incident-1", "A thing")):
        first, *rest = us.book.why(record_id)
        assert first.text.startswith("jp says: ") and words in first.text and first.id == record_id
        assert [x.kind for x in rest] == ["received"] * 4


# -- the record, and SQL


def test_sightings_and_incidents_of_partners_are_rows_of_their_own(make: MakeWorld) -> None:
    from offing.pipeline import merged_record
    from offing.pipeline.record import RecordFilter

    us = make("us", run=False)
    pack = merged_record.incidents(us.book.record)
    assert pack.height and pack["originator"].null_count() == pack.height
    seen = [record("sighting", "s", office="x", start_day="2026-03-01", hulls=["155"], gate_id="miyako"),
            record("sighting", "t", office="y", hulls=["156"])]  # fmt: skip
    give(us.book, sent("jp", "sighting", seen), sent("tw", "sighting", seen[:1]),
         sent("jp", "incident", [record("incident", "i", kind="other", start_utc=CAME_MS)]))  # fmt: skip

    def found(**more: object) -> list[tuple[str, str]]:
        rows = merged_record.sightings(us.book.record, RecordFilter(**more))  # type: ignore[arg-type]
        return sorted(rows.select("sighting_id", "originator").rows())

    assert found() == [("s", "jp"), ("s", "tw"), ("t", "jp")]
    assert found(hull="155") == found(gate="miyako") == found(since=date(2026, 3, 1)) == [("s", "jp"), ("s", "tw")]
    assert found(until=date(2026, 2, 28)) == [] and found(known_at_ms=None, hull="9") == []
    rows = merged_record.incidents(us.book.record)
    (one,) = rows.filter(pl.col("origin") == "received").to_dicts()
    assert (one["incident_id"], one["originator"], rows.height) == ("i", "jp", pack.height + 1)
    assert us.book.record.sightings.is_empty()  # the record itself is this logbook's own


def test_sql_has_received_rows(make: MakeWorld) -> None:
    us, jp = make("us", OURS), make("jp", THEIRS)
    give(us.book, visits_of(jp.book, "jp", onward=1), days_of(jp.book, "jp", BOX, "own"))
    rows = us.book.sql("SELECT originator, count(*) AS n FROM visits GROUP BY 1 ORDER BY 1").rows()
    assert rows == [("jp", 2), ("us", 2)]
    assert us.book.sql("SELECT id, onward FROM received_visits ORDER BY 1").rows() == [
        (i, 1) for i in sorted(jp.book.visits()["event_id"])
    ]
    assert us.book.sql("SELECT count(*) AS n FROM received_days").rows() == [(2,)]
    for table in ("received_streaks", "received_sightings", "received_incidents"):
        assert us.book.sql(f"SELECT count(*) AS n FROM {table}").rows() == [(0,)]
