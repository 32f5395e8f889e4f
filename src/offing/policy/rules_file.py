"""Release rules in a file, so that what a node shares can be read, reviewed and kept under version control.

[[rule]]
kind = "visit"
zones = ["taiwan-contiguous-zone@tw"]
to = ["us", "tw"]
purpose = "maritime_safety"
onward = 1
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from offing.claims import Claim, entries, parse_toml, read_text
from offing.errors import BadPaper
from offing.model.sharing import RECORD_KINDS, ReleaseRule
from offing.policy.decide import MAX_DELAY_H, MAX_ONWARD, MAX_ROUND_DEG
from offing.policy.labels import rule_problem

KEYS = {
    "kind": f"one of {', '.join(RECORD_KINDS)}",
    "to": "ids of the partners that may have it; an empty list: nobody",
    "zones": "ids of zones; none: any",
    "fleets": "ids of fleets; none: any hull",
    "from": "own sources and originators whose rows it may rest on; none: own sources that are not restricted",
    "purpose": "one of the purposes that the agreements name",
    "onward": "hands it may pass through beyond the first partner; 0 where it is missing",
    "expires": "the last day, UTC, on which it holds",
    "delay_h": "hours after the record's close before it leaves",
    "round_deg": "positions are rounded to multiples of this",
    "without": "columns that are left out",
}
"""Keys of a `[[rule]]`, each with what it says. `zone`, `fleet` and `source` may stand for a list of one."""

_ONE_FOR_MANY = {"zone": "zones", "fleet": "fleets", "source": "from"}
_HINT = "A file of release rules holds [[rule]] entries with kind, to, purpose and, where wanted, " + ", ".join(
    k for k in KEYS if k not in ("kind", "to", "purpose")
)


def read_rules(
    path: Path, columns: Mapping[str, Collection[str]] | None = None, zones: Collection[str] | None = None
) -> list[ReleaseRule]:
    """The rules of a TOML file, in its order, with n = 0: whoever keeps them numbers them.

    `columns`: kind -> columns that its records have; `zones`: ids of zones that are known. Where they are given, other names
    are refused. Raises `BadPaper` with file, line and entry; nothing is taken from a file with a fault.
    """
    return parse_rules(read_text(path, BadPaper), path.name, columns, zones)


def parse_rules(
    text: str, file: str, columns: Mapping[str, Collection[str]] | None = None, zones: Collection[str] | None = None
) -> list[ReleaseRule]:
    """The same of a text that came from `file`."""
    table = parse_toml(text, file, BadPaper, f"{_HINT}.")
    if others := sorted(set(table) - {"rule"}):
        raise BadPaper(f"{file}: `{others[0]}` is nothing that a file of rules holds.", f"{_HINT}.", file=file)
    found = [_rule(c, columns, zones) for c in entries(table, "rule", file, BadPaper)]
    if not found:
        raise BadPaper(f"{file} holds no rule.", f"{_HINT}.", file=file)
    return found


def _rule(c: Claim, columns: Mapping[str, Collection[str]] | None, zones: Collection[str] | None) -> ReleaseRule:
    for key in c.values:
        if key not in KEYS and key not in _ONE_FOR_MANY:
            raise c.refuse(f"`{key}` is nothing that a rule says", f"Known are {', '.join(KEYS)}.", key=key)
        if _ONE_FOR_MANY.get(key) in c.values:
            raise c.refuse(f"`{key}` stands beside `{_ONE_FOR_MANY[key]}`", "Write one of them.", key=key)
    kind = c.one_of("kind", c.text("kind"), RECORD_KINDS)
    if "to" not in c.values:
        raise c.refuse("`to` is missing", "Write to = [] where nobody shall have it.")
    expires = c.day("expires")
    if expires == date.max:
        raise c.refuse("`expires` lies at the end of the calendar", "Leave it out where it never expires.", key="expires")
    rule = ReleaseRule(
        n=0,
        kind=kind,
        releasable_to=_many(c, "to"),
        zones=_many(c, "zones", "zone"),
        fleets=_many(c, "fleets", "fleet"),
        sources=_many(c, "from", "source"),
        purpose=c.text("purpose", ""),
        onward=_onward(c),
        expires=expires,
        delay_h=c.number("delay_h", 0, MAX_DELAY_H) or 0.0,
        round_deg=c.number("round_deg", 0, MAX_ROUND_DEG),
        masked=_many(c, "without"),
    )
    for zone in rule.zones if zones is not None else ():
        if zone not in (zones or ()):
            raise c.refuse(
                f"there is no zone {zone!r}", "`offing zones` lists them.", key="zone" if "zone" in c.values else "zones"
            )
    if problem := rule_problem(rule, (columns or {}).get(kind)):
        raise c.refuse(problem)
    return rule


def _many(c: Claim, key: str, one: str = "") -> tuple[str, ...]:
    """A list of texts, each once, in order; an empty text among them is refused, since it could mean anything."""
    name = one if one in c.values else key
    found = tuple(dict.fromkeys(c.texts(name)))
    if not all(found) or (name in c.values and name != "to" and not found):
        raise c.refuse(f"`{name}` names nothing", f"Leave `{name}` out where it shall not matter.", key=name)
    return found


def _onward(c: Claim) -> int:
    n = c.integer("onward") if "onward" in c.values else 0
    if not 0 <= n <= MAX_ONWARD:
        raise c.refuse(f"`onward` must be from 0 to {MAX_ONWARD}, not {n}", key="onward")
    return n
