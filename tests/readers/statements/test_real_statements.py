"""46 real texts, read and judged by hand: which passage speaks of the Strait, and how strongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from offing.model.statement import Statement
from offing.readers.statements import read_statements

BY_HAND = """
2021-04-16-u-s-japan-joint                   importance                jp-us-leaders                joint_statement
2021-05-21-u-s-rok-leaders                   importance                kr-us-leaders                joint_statement
2021-06-13-carbis-bay-g7                     importance                g7-leaders                   joint_statement
2021-06-15-u-s-eu-summit                     importance                eu-us-leaders                joint_statement
2022-01-21-readout-of-president-bidens       importance                jp-us-leaders                readout
2022-02-11-background-press-call             importance                -                            press_briefing
2022-05-21-united-states-republic            indispensable             kr-us-leaders                joint_statement
2022-05-23-japan-u-s-joint-leaders           indispensable             jp-us-leaders                joint_statement
2022-07-28-readout-of-president-bidens-call  oppose_unilateral_change  cn-us-leaders                readout
2022-08-02-readout-of-national               importance                jp-us-security-advisors      readout
2022-09-01-readout-of-the-meeting            commitment                jp-kr-us-security-advisors   readout
2022-09-26-readout-of-vice-president         concern                   -                            readout
2022-11-13-phnom-penh-statement              indispensable             jp-kr-us-leaders             joint_statement
2022-11-13-readout-of-president-joe-bidens-meeting  importance         au-us-leaders                readout
2022-11-13-readout-of-president-joe-bidens-part     importance         east-asia-summit             readout
2022-11-14-readout-of-president-joe-bidens   concern                   cn-us-leaders                readout
2023-01-03-statement-by-white-house          mention                   -                            press_statement
2023-01-13-joint-statement                   indispensable             jp-us-leaders                joint_statement
2023-04-20-readout-of-president-joe-bidens-call-with-president-emm  importance  fr-us-leaders        readout
2023-04-20-readout-of-president-joe-bidens-call-with-president-urs  importance  eu-us-leaders        readout
2023-05-01-joint-statement                   indispensable             ph-us-leaders                joint_statement
2023-05-18-readout-of-president-bidens       oppose_unilateral_change  jp-us-leaders                readout
2023-05-20-g7-hiroshima                      indispensable             g7-leaders                   joint_statement
2023-05-21-fact-sheet                        importance                -                            fact_sheet
2023-06-16-joint-readout                     importance                jp-ph-us-security-advisors   readout
2023-07-27-joint-statement                   importance                it-us-leaders                joint_statement
2023-08-18-readout-of-president-bidens-meeting-with-president  commitment  kr-us-leaders             readout
2023-08-18-readout-of-president-bidens-meeting-with-prime      importance  jp-us-leaders             readout
2023-09-07-readout-of-vice-president         importance                east-asia-summit             readout
2023-09-17-readout-of-national               importance                cn-us-security-advisors      readout
2023-10-25-united-states-australia           oppose_unilateral_change  au-us-leaders                joint_statement
2023-10-27-readout-of-national               importance                cn-us-security-advisors      readout
2023-11-16-readout-of-president-bidens       importance                jp-us-leaders                readout
2023-12-06-g7-leaders                        indispensable             g7-leaders                   joint_statement
2024-01-10-readout-of-principal-deputy       importance                -                            readout
2024-01-27-readout-of-national               importance                cn-us-security-advisors      readout
2024-04-10-united-states-japan               indispensable             jp-us-leaders                joint_statement
2024-04-11-joint-vision                      indispensable             jp-ph-us-leaders             joint_statement
2024-04-17-remarks-by-president              commitment                -                            remarks
2024-05-30-readout-of-principal-deputy       importance                -                            readout
2024-06-14-g7-leaders                        indispensable             g7-leaders                   joint_statement
2024-08-28-readout-of-national               importance                cn-us-security-advisors      readout
2024-09-21-readout-of-president-bidens       oppose_unilateral_change  jp-us-leaders                readout
2024-10-17-fact-sheet                        mention                   -                            fact_sheet
2024-11-15-joint-statement                   indispensable             jp-kr-us-leaders             joint_statement
2024-11-16-readout-of-president-joe          concern                   cn-us-leaders                readout
"""
JUDGED = {line.split()[0]: line.split()[1:] for line in BY_HAND.strip().splitlines()}

RESOLUTION = """2021-04-16 2021-06-13 2021-06-15 2022-01-21 2022-05-23 2023-01-13 2023-05-20 2023-05-21 2023-10-25 2023-12-06
2024-04-10 2024-04-11 2024-06-14 2024-11-15 2024-11-16"""
UNCHANGED = """2022-05-23 2022-07-28 2022-11-13 2022-11-14 2023-01-13 2023-05-20 2023-05-21 2023-12-06 2024-04-10 2024-04-11
2024-06-14 2024-11-15 2024-11-16"""
NO_FORMULA = "2024-10-17"


@pytest.fixture(scope="module")
def read(shared_data: Path) -> dict[str, Statement]:
    files = sorted((shared_data / "statements").glob("*.md"))
    taken, refused = read_statements((f.name, f.read_bytes()) for f in files)
    assert refused == [] and len(taken) == len(files) == len(JUDGED)
    return {f.name: s for f, s in zip(files, taken, strict=True)}


@pytest.mark.parametrize("start", JUDGED)
def test_a_text_as_it_was_judged(read: dict[str, Statement], start: str) -> None:
    (found,) = (s for name, s in read.items() if name.startswith(start))
    judged, forum, kind = JUDGED[start]
    assert found.names_taiwan_strait and found.day.isoformat() == start[:10]
    assert (found.formula_class, found.forum or "-", found.kind) == (judged, forum, kind)
    assert found.language == "en" and found.basis == "text" and "us" in found.parties and "us" in found.issued_by


def days(read: dict[str, Statement], element: str) -> set[str]:
    return {s.day.isoformat() for s in read.values() if element in s.elements}


def test_elements_as_they_were_judged(read: dict[str, Statement]) -> None:
    assert days(read, "peaceful_resolution") == set(RESOLUTION.split())
    assert days(read, "position_unchanged") == set(UNCHANGED.split())
    assert {s.day.isoformat() for s in read.values() if "peace_and_stability" not in s.elements} == {NO_FORMULA}
    assert days(read, "force_or_coercion") == {"2023-05-18", "2023-10-25", "2024-09-21"}
    assert days(read, "taiwan_strait") == {s.day.isoformat() for s in read.values()}


def test_a_quotation_stands_in_the_text(read: dict[str, Statement], shared_data: Path) -> None:
    for name, found in read.items():
        text = (shared_data / "statements" / name).read_text(encoding="utf-8")
        assert found.quote in " ".join(text.split()), name
        assert "Taiwan Strait" in found.quote and found.quote[-1] in ".!?" and found.quote[0].isupper()


def test_a_readout_is_the_word_of_one_side(read: dict[str, Statement]) -> None:
    own = {s.issued_by for s in read.values() if s.kind == "readout" and s.day.isoformat() != "2023-06-16"}
    assert own == {("us",)}
    (joint,) = (s for s in read.values() if s.day.isoformat() == "2023-06-16")
    assert joint.issued_by == joint.parties == ("jp", "ph", "us")
    (g7,) = (s for s in read.values() if s.day.isoformat() == "2024-06-14")
    assert g7.issued_by == ("ca", "de", "eu", "fr", "gb", "it", "jp", "us")
