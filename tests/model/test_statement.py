"""The vocabulary of statements: classes in their order, elements, the table."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from offing.model.statement import CLASSES, ELEMENTS, STATEMENTS, Document, Statement, rank, statement_frame, statement_id


def a_statement(**changes: object) -> Statement:
    values: dict[str, object] = {f.name: "" for f in fields(Statement)}
    values |= {"day": date(2021, 4, 16), "parties": ("jp", "us"), "issued_by": ("jp", "us"), "elements": ("taiwan_strait",)}
    return Statement(**(values | {"names_taiwan_strait": True, "formula_class": "mention"} | changes))  # type: ignore[arg-type]


def test_classes_rise_from_none() -> None:
    assert [rank(c) for c in CLASSES] == list(range(len(CLASSES)))
    assert rank("none") < rank("mention") < rank("importance") < rank("indispensable") < rank("oppose_unilateral_change")


def test_what_makes_a_class_is_an_element() -> None:
    assert set(CLASSES) - {"none", "mention"} <= set(ELEMENTS)


def test_the_table_has_a_column_for_every_field() -> None:
    assert {f.name for f in fields(Statement)} == set(STATEMENTS)
    frame = statement_frame([a_statement(), a_statement(parties=(), day=date(2022, 5, 23))])
    assert frame.schema == STATEMENTS
    assert frame["parties"].to_list() == [["jp", "us"], []]
    assert statement_frame([]).schema == STATEMENTS and isinstance(frame["day"][0], date)
    stable = "statement_id day title parties forum names_taiwan_strait formula_class quote"
    assert " ".join(frame.columns).startswith(stable)


def test_an_id_is_of_the_day_and_the_text() -> None:
    assert statement_id(date(2021, 4, 16), "jp-us-leaders") == "statement:2021-04-16:jp-us-leaders"
    text = Document("a.md", date(2021, 4, 16), "", (), (), "", "", "", "", "abc")
    assert text.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
