"""Width and numbers: full-width forms made narrow, numbers in Chinese and Japanese characters, number words in English."""

from __future__ import annotations

import re
import unicodedata

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}(?![0-9])|[0-9]{1,9}|[〇零一二三四五六七八九十百千兩两廿卅]{1,9})"
"""One number of narrow text, in digits (thousands may be set off) or in characters; nine of them at the most."""

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "兩": 2, "两": 2}
_DIGIT = "[一二三四五六七八九兩两]"
_IN_PLACES = re.compile(rf"(?:({_DIGIT})千)?(?:零?({_DIGIT})百)?(?:(零)?(?:({_DIGIT})?(十)|(廿)|(卅)))?(?:零?({_DIGIT}))?")

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {"no": 0, "zero": 0, "a": 1, "an": 1, "single": 1, **{w: n for n, w in enumerate((*_UNITS, *_TEENS), 1)}}
_WORDS |= {w: n for n, w in zip(range(20, 100, 10), _TENS, strict=True)}
_WORDS |= {f"{ten}-{unit}": _WORDS[ten] + _WORDS[unit] for ten in _TENS for unit in _UNITS}

ENGLISH_NUMBER = (
    r"(?<![A-Za-z0-9])(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}(?![0-9])|[0-9]{1,9}"
    rf"|{'|'.join(sorted((w.replace('-', '[- ]') for w in _WORDS), key=len, reverse=True))})\b"
)
"""One number of English text; letters in any case."""


_SIMPLIFIED = str.maketrans(
    "国侦获机舰务气飘进间东边续动线军运监应处统严导弹发时约关区识别张图级编队无计顶台对与从个报称显湾门驶离闯组号岛乌马陆渔种费数据测",
    "國偵獲機艦務氣飄進間東邊續動線軍運監應處統嚴導彈發時約關區識別張圖級編隊無計頂臺對與從個報稱顯灣門駛離闖組號島烏馬陸漁種費數據測",
)


def narrow(text: str) -> str:
    """The same text with full-width characters, compatibility ideographs and odd spaces in their plain form.

    Only such characters change: a raised or circled digit stays what it is, and so is no digit of a number.
    """
    return "".join(unicodedata.normalize("NFKC", c) if _is_form(ord(c)) else c for c in text)


def squeezed(text: str) -> str:
    """Narrow text without any white space: Chinese and Japanese break lines inside words."""
    return "".join(narrow(text).split())


def traditional(text: str) -> str:
    """Chinese text with those simplified characters replaced that the notices' words have."""
    return text.translate(_SIMPLIFIED)


def single_blanks(text: str) -> str:
    """Narrow English text with single blanks, plain apostrophes and without the signs that mark a topic (#Taiwan)."""
    return " ".join(narrow(text).replace("’", "'").replace("#", "").split())


def number(text: str) -> int | None:
    """The value of what `NUMBER` matches; None for characters that make no number (十十)."""
    plain = text.replace(",", "")
    if re.fullmatch("[0-9]+", plain):
        return int(plain)
    if plain and all(c in _DIGITS for c in plain):
        return int("".join(str(_DIGITS[c]) for c in plain))
    m = _IN_PLACES.fullmatch(plain)
    if not m or not plain:
        return None
    thousands, hundreds, _, tens, ten, twenty, thirty, ones = m.groups()
    high = sum(_DIGITS[d] * place for d, place in ((thousands, 1000), (hundreds, 100), (ones, 1)) if d)
    return high + (10 * _DIGITS.get(tens, 1) if ten else 20 if twenty else 30 if thirty else 0)


def english_number(text: str) -> int | None:
    """The value of what `ENGLISH_NUMBER` matches: 17, seventeen, Twenty-one, no (0), a (1)."""
    plain = text.strip().lower().replace(",", "")
    if re.fullmatch("[0-9]+", plain):
        return int(plain)
    return _WORDS.get(plain.replace(" ", "-"))


def _is_form(code: int) -> bool:
    return 0xFF01 <= code <= 0xFFEE or 0xF900 <= code <= 0xFAFF or 0x2E80 <= code <= 0x2FDF or code in (0x3000, 0x00A0)
