"""Whose names are shown: a disputed place never has one name alone, unless the reader chose a language, and that is said."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class View(StrEnum):
    """All names, or those of one language."""

    ALL = "all"
    EN = "en"
    JA = "ja"
    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"


SAID = {
    View.ALL: "names: all",
    View.EN: "names: English",
    View.JA: "names: Japanese",
    View.ZH_HANT: "names: Chinese, traditional characters",
    View.ZH_HANS: "names: Chinese, simplified characters",
}
"""How a table or chart says whose names it shows."""


def shown(names: Mapping[str, str], view: View) -> str:
    """The names of one place as a reader chose to see them."""
    if view is View.ALL:
        return " · ".join(dict.fromkeys(v for v in names.values() if v))
    return names.get(view.value) or names.get("en") or ""
