"""Statements: published texts of one or more governments, and what they say of the Taiwan Strait.

How a text gets its class and its elements: docs/method/statements.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

KINDS = {
    "joint_statement": "a text that all its parties agreed: statement, communiqué, declaration",
    "readout": "an account of a meeting; of one side unless its title says joint",
    "chair_summary": "the chair's own account of a meeting",
    "fact_sheet": "a government's list of results",
    "press_statement": "a statement of one government",
    "press_briefing": "officials answer the press",
    "remarks": "a speech",
    "interview": "an interview",
    "white_paper": "a government's periodic report",
    "law": "a law or a resolution of a parliament",
    "treaty": "a treaty",
    "memorandum": "a memorandum of understanding",
}
"""Instruments; empty where the title tells none of them."""

CLASSES = {
    "none": "neither the Taiwan Strait nor cross-Strait issues are named",
    "mention": "the Strait is named; what is said of it carries no weight of its own",
    "peaceful_resolution": "a peaceful resolution of cross-Strait issues is encouraged, expected or called for",
    "importance": "its peace and stability are called important, vital, imperative, necessary or an interest",
    "commitment": "the parties are resolved, committed or determined to keep its peace and stability",
    "indispensable": "its peace and stability are called indispensable or essential",
    "oppose_unilateral_change": "unilateral change of its status quo is opposed",
    "concern": "acts there are objected to, condemned, called provocations, or met with concern",
}
"""What `formula_class` may be, from the weakest to the strongest."""

ELEMENTS = {
    "taiwan_strait": "names the Taiwan Strait",
    "cross_strait": "speaks of cross-Strait issues, relations or peace",
    "peace_and_stability": "speaks of peace and stability there: the formula",
    "peaceful_resolution": CLASSES["peaceful_resolution"],
    "importance": CLASSES["importance"],
    "commitment": CLASSES["commitment"],
    "security_and_prosperity": "ties it to security and prosperity elsewhere",
    "indispensable": CLASSES["indispensable"],
    "oppose_unilateral_change": CLASSES["oppose_unilateral_change"],
    "force_or_coercion": "names force or coercion as what is opposed or renounced",
    "concern": CLASSES["concern"],
    "position_unchanged": "says that positions or policies on Taiwan have not changed",
}
"""What a text may carry besides; any number of them together."""

BASES = {
    "text": "read from the text by the rules",
    "quoted": "a fact: a source quotes these words",
    "translated": "a fact: a source translates the words; `note` has them",
    "paraphrased": "a fact: a source gives the sense; `note` has it",
}
"""What the class rests on."""

STATEMENTS = pl.Schema(
    {
        "statement_id": pl.String(),
        "day": pl.Date(),  # date of the text in its issuer's own calendar
        "title": pl.String(),  # empty: none is given
        "parties": pl.List(pl.String()),  # ISO 3166-1 alpha-2, lower case, or eu: for a readout, who met; empty: not known
        "forum": pl.String(),  # parties and level, as jp-us-leaders, g7-leaders; empty: not known
        "names_taiwan_strait": pl.Boolean(),  # or speaks of cross-Strait issues
        "formula_class": pl.String(),  # one of CLASSES
        "quote": pl.String(),  # verbatim but for white space; of a fact at most 25 words; empty: none
        "kind": pl.String(),  # one of KINDS, or empty
        "issued_by": pl.List(pl.String()),  # whose words these are: all parties of a joint text, else one; empty: not known
        "elements": pl.List(pl.String()),  # of ELEMENTS, in that order
        "basis": pl.String(),  # one of BASES
        "language": pl.String(),  # en, ja, zh; empty: another, or no text
        "place": pl.String(),  # where it was agreed; empty: not given
        "source": pl.String(),
        "text_sha256": pl.String(),  # of the text's UTF-8; empty: a fact
        "confidence": pl.String(),
        "note": pl.String(),
    }
)


@dataclass(frozen=True)
class Statement:
    """One published text of one or more governments; the fields are explained in `STATEMENTS`."""

    statement_id: str
    day: date
    title: str
    parties: tuple[str, ...]
    forum: str
    names_taiwan_strait: bool
    formula_class: str
    quote: str
    kind: str
    issued_by: tuple[str, ...]
    elements: tuple[str, ...]
    basis: str
    language: str
    place: str
    source: str
    text_sha256: str
    confidence: str
    note: str


@dataclass(frozen=True)
class Document:
    """A text with what is known about it. Unknown is empty."""

    name: str  # of the file
    date: date
    kind: str
    parties: tuple[str, ...]
    issued_by: tuple[str, ...]
    forum: str
    title: str
    place: str
    source: str
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def rank(formula_class: str) -> int:
    """How strong a class is: 0 for `none`, then rising."""
    return list(CLASSES).index(formula_class)


def statement_id(day: date, key: str) -> str:
    """`statement:2021-04-16:KEY`; the key is twelve digits of the text's SHA-256, or the forum where only facts are known."""
    return f"statement:{day.isoformat()}:{key}"


def statement_frame(statements: Iterable[Statement]) -> pl.DataFrame:
    """Statements as a table (columns of `STATEMENTS`), in the order given."""
    names = [f.name for f in fields(Statement)]
    rows = [[list(v) if isinstance(v := getattr(s, name), tuple) else v for name in names] for s in statements]
    return pl.DataFrame(rows, schema=STATEMENTS, orient="row")
