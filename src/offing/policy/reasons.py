"""Why something was given or not: stable codes, each with its sentence."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "agreed": "The label names the recipient, and an agreement in force lets it go this way.",
    "no_recipient": "The label names nobody, so nobody gets it.",
    "not_releasable": "The label does not name this recipient among those to whom the originator releases it.",
    "to_itself": "A record is never given to whoever gives it, nor back to its originator.",
    "recipient_keeps": "Its recipient keeps it: only the originator can release it to others.",
    "no_agreement": "There is no agreement between the partner that gives and the one that takes.",
    "not_party": "The agreement is not one between the partner that gives and the one that takes.",
    "agreement_not_in_force": "The agreement is not in force on this day, UTC.",
    "kind_not_agreed": "The agreement does not name this kind of record.",
    "purpose_not_agreed": "The agreement does not name the purpose for which the record is released.",
    "onward_label": "The originator's label does not allow it to pass through so many hands (onward).",
    "onward_agreement": "The agreement does not let the partner that takes it pass it on (onward).",
    "expired": "The label's last day is over.",
    "unknown_obligation": "The label sets a condition that this version of offing does not know how to keep.",
    "bad_label": "The label holds a value outside its legal range.",
    "bad_request": "The question names no partner, or a count or time outside its legal range.",
    "engine_error": "The policy could not be evaluated without an error, so the answer is no.",
    "delayed": "The record closed too short a time ago: its delay is not over.",
    "before_agreement": "The record closed before the first day of an agreement without history.",
    "unlabelled": "The record carries no label, so nobody gets it.",
}
"""Code -> sentence. The first stands alone where something is allowed; the last three are said of rows, not of labels."""

_ORDER = {code: n for n, code in enumerate(REASONS)}


def ordered(codes: set[str]) -> tuple[str, ...]:
    """Each code once, in the order of `REASONS`; one that is not there counts as `engine_error`."""
    return tuple(sorted({c if c in _ORDER else "engine_error" for c in codes}, key=_ORDER.__getitem__))


def sentences(codes: tuple[str, ...]) -> list[str]:
    """The sentences of some codes."""
    return [REASONS[c] for c in codes]
