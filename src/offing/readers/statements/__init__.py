"""Statements: texts of governments to rows that say what they carry on the Taiwan Strait. Method: docs/method/statements.md."""

from __future__ import annotations

import re
from collections.abc import Iterable

from offing.model.bulletin import NotUnderstood
from offing.model.statement import Document, Statement, statement_id
from offing.readers.statements.documents import read_document
from offing.readers.statements.facts import StatementFacts, read_facts
from offing.readers.statements.passages import elements_of, passages, strongest

__all__ = ["StatementFacts", "read_document", "read_facts", "read_statements", "statement_of"]


def read_statements(files: Iterable[tuple[str, bytes]]) -> tuple[list[Statement], list[NotUnderstood]]:
    """The statements of files given as name and content, in their order, and the files not taken, each with the reason."""
    taken: list[Statement] = []
    refused: list[NotUnderstood] = []
    for name, data in files:
        document = read_document(name, data)
        if isinstance(document, NotUnderstood):
            refused.append(document)
        else:
            taken.append(statement_of(document))
    return taken, refused


def statement_of(document: Document) -> Statement:
    """What a document carries: its elements are those of all its passages, class and quote those of the strongest one."""
    found = passages(document.text)
    core = strongest(found)
    return Statement(
        statement_id=statement_id(document.date, document.sha256[:12]),
        day=document.date,
        title=document.title,
        parties=document.parties,
        forum=document.forum,
        names_taiwan_strait=core is not None,
        formula_class=core.formula_class if core else "none",
        quote=core.quote if core else "",
        kind=document.kind,
        issued_by=document.issued_by,
        elements=elements_of(found),
        basis="text",
        language=language_of(document.text),
        place=document.place,
        source=document.source,
        text_sha256=document.sha256,
        confidence="confirmed",
        note="",
    )


def language_of(text: str) -> str:
    """`ja`, `zh` or `en` by the characters and the commonest words of a text, else empty."""
    letters = sum(c.isalpha() for c in text) or 1
    kana, han = (len(re.findall(f"[{span}]", text)) / letters for span in ("\u3040-\u30ff", "\u3400-\u9fff"))
    if kana > 0.05:
        return "ja"
    if han > 0.3:
        return "zh"
    words = re.findall(r"[a-z]+", text.lower())
    return "en" if words and sum(w in ("the", "of", "and") for w in words) / len(words) > 0.04 else ""
