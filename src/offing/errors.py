"""Every error that offing raises on purpose, and the reasons for which a row is rejected.

The tree:

    OffingError                 root: a sentence, a next step, and data; its exit status is 2
    +-- UsageError              the command was asked for something that cannot be
    |   +-- UnknownName         a zone, fleet, office, kind, parameter or id that is not there
    |   +-- BadParameter        a value outside its legal range
    |   +-- NaiveTime           a time without a zone
    +-- InputError              a file that cannot be taken
    |   +-- MissingInput        no such file, or a folder with nothing in it
    |   +-- UnknownForm         its content is of no form that is known
    |   +-- DamagedInput        a compressed stream ends early, is corrupt, or swells beyond the cap
    |   +-- NothingKept         not one row could be kept
    |   +-- OtherOptions        the same bytes were read before with other options
    |   +-- BadMapping          a mapping file that does not fit
    |   +-- BadZone             a zone file that is not valid
    |   +-- BadFleet            a fleet file that is not valid
    |   +-- BadRecord           a bulletin, incident or statement file that is not valid
    |   +-- BadPaper            a card, agreement, rule or list of systems that is not valid
    |   +-- BadDelivery         what came from a partner is not what its originator signed, or not for this node
    +-- SharingError            this logbook is no node yet, a key is missing, or a partner cannot be reached
    +-- LateRow                 a fold was handed a row that is earlier than its hull's last
    +-- LogbookError            the logbook folder is missing, of another version, or in use
    +-- ClaimFails              a check was made and does not hold; exit status 1

A bad *row* is never an exception: it goes to the rejects with one of `RejectReason`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum


class OffingError(Exception):
    """A sentence for the user, what to do next, and the data behind it."""

    exit_status = 2

    def __init__(self, message: str, hint: str = "", **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.data = data

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(OffingError):
    """The command was asked for something that cannot be."""


class UnknownName(UsageError):
    """A name that is not there; carries the names that are."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str], listing: str = "") -> UnknownName:
        """Build the sentence, with the nearest known names; `listing` is the command that shows all, empty: the hint does."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        hint += f"`{listing}` lists them." if listing else f"Known are {', '.join(names)}."
        return cls(f"There is no {what} {name!r}.", hint, name=name, known=names)


class BadParameter(UsageError):
    """A value outside its legal range, or of the wrong type."""


class NaiveTime(UsageError):
    """A time without a zone: offing never guesses one."""


class InputError(OffingError):
    """A file that cannot be taken. Nothing of it was written."""


class MissingInput(InputError):
    """No such file, or a folder with nothing in it."""


class UnknownForm(InputError):
    """The content is of no form that a reader knows."""


class DamagedInput(InputError):
    """A compressed stream ends early, is corrupt, or swells beyond the cap."""


class NothingKept(InputError):
    """Not one row of the file could be kept."""


class OtherOptions(InputError):
    """The same bytes were read before with other options."""


class BadMapping(InputError):
    """A mapping file that does not fit the file it maps."""


class BadZone(InputError):
    """A zone file that is not valid."""


class BadFleet(InputError):
    """A fleet file that is not valid."""


class BadRecord(InputError):
    """A bulletin, incident or statement file that is not valid."""


class BadPaper(InputError):
    """A card, agreement, release rule or list of systems that is not valid."""


class BadDelivery(InputError):
    """What came from a partner is not what its originator signed, or not for this node. Nothing of it was taken in."""

    exit_status = 1


class SharingError(OffingError):
    """This logbook is no node yet, a key is missing, or a partner cannot be reached."""


class LateRow(OffingError):
    """A fold was handed a row that is earlier than its hull's last: fold that hull again from before it."""


class LogbookError(OffingError):
    """The logbook folder is missing, of another version, or in use."""


class ClaimFails(OffingError):
    """A check was made and does not hold."""

    exit_status = 1


class RejectReason(StrEnum):
    """Why a row was not kept. Each is documented in docs/reference/files.md."""

    NO_TIME = "no_time"  # neither tag block, prefix nor --base-time gives one
    BAD_TIME = "bad_time"  # there is a time, but it cannot be read
    NAIVE_TIME = "naive_time"  # the time carries no zone and the mapping names none
    NO_MMSI = "no_mmsi"  # the number is missing
    BAD_MMSI = "bad_mmsi"  # not a number from 1 to 999,999,999
    NO_POSITION = "no_position"  # empty, or AIS' own "not available" (91 N, 181 E)
    POSITION_OUT_OF_RANGE = "position_out_of_range"
    BAD_NUMBER = "bad_number"  # a required number is NaN, infinite or not a number
    BAD_CHECKSUM = "bad_checksum"
    BAD_SENTENCE = "bad_sentence"  # starts like a sentence but cannot be read as one
    BAD_PAYLOAD = "bad_payload"  # too short for its type, or with characters that are not six-bit
    INCOMPLETE_GROUP = "incomplete_group"  # a part of a message whose other parts did not come
    NOT_A_SENTENCE = "not_a_sentence"  # a line that is no sentence, comment or blank
    BAD_RECORD = "bad_record"  # a record that cannot be split into its columns, or JSON that does not parse
