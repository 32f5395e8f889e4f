"""Texts made comparable: markup, footnote marks, hyphenation, line breaks and variants of characters folded away.

Every character of the folded text knows where it stood, so that what is found there can be quoted as it was written.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

PARAGRAPH = "\f"
"""What separates paragraphs, list items and cells in a folded text."""

_SAME = (
    "湾灣 峡峽 台臺 両兩两 変變变 単單单 対對对 穏穩稳 維维 国國 際际 会會 栄榮荣 "
    "関關关 題题 議议 決决 諾诺 脅胁 勢势 勵励 吁籲 譴谴 責责 慮虑 憂忧 釣钓 魚鱼 "
    "東东 状狀 現现 圧壓压 区區 与與 為为 認认 強强 調调 確确 歓歡欢 問问 話话 "
    "処處处 緊紧 張张 懸悬 双雙 没沒 個个 実實实 済濟济 烟煙 後后 権權权 鎮镇 総總总 "
    "統统 島岛 長长 連连 経經经 係系 条條 約约 備备 録錄录 報报 書书 専專专 訪访 "
    "記记 領领 導导 聯联 発發发 声聲 韓韩 義义 閣阁"
)
_VARIANTS = {ord(other): group[0] for group in _SAME.split() for other in group[1:]}
_QUOTES = {**dict.fromkeys(map(ord, "‘’‚‛′＇"), "'"), **dict.fromkeys(map(ord, "“”„‟″＂"), '"')}
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–−﹣－"), "-")
_NOTHING = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xFE0E, 0xFE0F], "")
_MARKS = dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹†‡"), "")
_TABLE = _VARIANTS | _QUOTES | _HYPHENS | _NOTHING | _MARKS

HAN = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WIDE = rf"[{HAN}\u3001-\u303f。、「」]"
_SOFT = "\u00ad"

_MARKUP: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), new)
    for pattern, new in (
        (r"\r\n?", "\n"),
        (rf"{_SOFT}[ \t]*\n?[ \t]*", ""),
        (r"<!--(?s:.{0,1000}?)-->", ""),
        (r"<sup[^<>]*>\s*[\[(]?[\d*†‡, ]{1,8}[\])]?\s*</sup>", ""),  # a footnote's mark; 21<sup>st</sup> is none
        (r"</?(?:p|div|li|ul|ol|h\d|td|th|tr|table|blockquote|section|hr)\b[^<>]{0,300}>", PARAGRAPH),
        (r"</?[a-z][^<>]{0,300}>", ""),
        (r"&(?:[a-z]{2,8}|#\d{2,6}|#x[\da-f]{2,5});", lambda m: html.unescape(m[0])),
        (r"\[\^[^\]\s]{1,12}\]|(?<=[^\s\]])\[\d{1,3}\](?!\()", ""),
        (r"!?\[(?=[^\[\]]{0,300}\]\([^()]{0,500}\))", ""),
        (r"(?<=[^\[])\]\([^()]{0,500}\)", ""),
        (r"\\(?=[^\w\s])", ""),
        (r"^[ \t]*(?:[-–—] ?\d{1,3} ?[-–—]|\d{1,3})[ \t]*\n", ""),  # the number of a page
        (r"^[ \t]*(?:[-*_][ \t]*){3,}$", PARAGRAPH),
        (r"^[ \t]*(?:[-*+•‣◦▪·・○●]|\(?\d{1,3}[.)]|\([a-zivx]{1,4}\)|#{1,6})[ \t　]+", PARAGRAPH),
        (r"^[ \t]*>+[ \t]?", " "),
        (r"\*+|__+|~~|`+|(?<!\w)_|_(?!\w)", ""),
        (r"^　+|\|", PARAGRAPH),
    )
]

_BREAKS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), new)
    for pattern, new in (
        (r"[^\S\n\f]+", " "),
        (r" ?\n(?: ?\n)+ ?", "\n\n"),
        (r"(?<=[a-z])- ?\n ?(?=[a-z])|(?<=[A-Z])- ?\n ?(?=[A-Z])", ""),
        (r"- ?\n ?(?=\w)", "-"),
        (r"[ \n]*\f[ \n\f]*", PARAGRAPH),
        (r"(?<![.!?:;。])\n\n(?=[a-z])|(?<=\b(?:the|and))\n\n|(?<=\b(?:of|in|to))\n\n|(?<=\bacross)\n\n", " "),
        (r"\n\n", PARAGRAPH),
        (rf"(?<={_WIDE})[ \n]+(?={_WIDE})", ""),
        (r"[ \n]+", " "),
    )
]
"""A blank line inside a sentence (a page of a scan ends) parts no paragraphs."""


@dataclass(frozen=True)
class Folded:
    """A folded text, and for each of its characters the place where it stood in the original."""

    original: str
    text: str
    at: list[int]

    def quote(self, start: int, end: int) -> str:
        """The original of a part, verbatim but for white space: line breaks inside words of any script leave no gap."""
        raw = self.original[self.at[start] : self.at[end - 1] + 1]
        raw = re.sub(rf"(?<=\w[-‐‑{_SOFT}])\s*\n\s*|(?<={_WIDE})\s*\n\s*(?={_WIDE})", "", raw)
        return " ".join(raw.split())


def fold(text: str) -> Folded:
    """Fold a text in plain form, Markdown or what is left of HTML. Never fails."""
    folded, at = text, list(range(len(text)))
    for pattern, new in (*_MARKUP, (re.compile(r"[^\x00-\x7f\u3000]"), lambda m: variants(m[0])), *_BREAKS):
        folded, at = _replace(folded, at, pattern, new)
    return Folded(text, folded, at)


def variants(text: str) -> str:
    """One form for the variants of a character: both Chinese scripts and Japanese, widths, quotes, hyphens."""
    known = text.translate(_TABLE)
    return known if known.isascii() else unicodedata.normalize("NFKC", known).translate(_TABLE)


def _replace(
    text: str, at: list[int], pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]
) -> tuple[str, list[int]]:
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for m in pattern.finditer(text):
        put = new if isinstance(new, str) else new(m)
        parts += (text[last : m.start()], put)
        places += at[last : m.start()]
        places += [at[min(m.start(), len(at) - 1)]] * len(put)
        last = m.end()
    return "".join(parts) + text[last:], places + at[last:]
