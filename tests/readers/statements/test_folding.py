"""Folding: markup, hyphenation and variants go; every character knows where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.readers.statements.folding import PARAGRAPH, fold, variants


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("the Taiwan\nStrait", "the Taiwan Strait"),
        ("sta-\nbility and cross-\nStrait", "stability and cross-Strait"),
        ("TAI-\r\nWAN", "TAIWAN"),
        ("sta\u00ad\nbi\u200blity", "stability"),
        ("**Tai**wan __Strait__ <b>a</b>", "Taiwan Strait a"),
        ("Strait[^3] and Strait<sup>12</sup>, Strait[4] and 21<sup>st</sup>", "Strait and Strait, Strait and 21st"),
        ("see [the text](https://a.example/b) &amp; &lsquo;it&rsquo;", "see the text & 'it'"),
        ("One\n\nTwo across the\n\nTaiwan Strait", f"One{PARAGRAPH}Two across the Taiwan Strait"),
        ("peace and\n\n- 3 -\n\nstability", "peace and stability"),
        ("- Taiwan\n- Strait of Hormuz", f"{PARAGRAPH}Taiwan{PARAGRAPH}Strait of Hormuz"),
        ("1. first\n2. second", f"{PARAGRAPH}first{PARAGRAPH}second"),
        ("> quoted\n> text", " quoted text"),
        ("| Taiwan | Strait |", f"{PARAGRAPH}Taiwan{PARAGRAPH}Strait{PARAGRAPH}"),
        ("臺灣海\n峽の平和", "台湾海峡の平和"),
        ("“cross‑Strait”", '"cross-Strait"'),
        ("ＡＢＣ　ｶﾅ", "ABC カナ"),
        ("<!-- Taiwan Strait -->x", "x"),
        ("a<p>b", f"a{PARAGRAPH}b"),
        ("", ""),
    ],
)
def test_what_is_folded(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_both_chinese_scripts_and_japanese_are_one() -> None:
    assert variants("臺灣海峽") == variants("台湾海峡") == variants("台灣海峡")
    assert variants("穩定") == variants("稳定") and variants("兩岸關係") == variants("两岸关系") == variants("両岸関係")


@given(st.text(alphabet=st.sampled_from("ab ATS-\n\r\t*_<>/[]()^1&;.、。台湾峽の　\u00ad\u200b\f|#\\"), max_size=60))
def test_folding_never_fails_and_knows_every_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.at) == len(folded.text)
    assert folded.at == sorted(folded.at) and all(0 <= n < len(text) for n in folded.at)
    if folded.text:
        quote = folded.quote(0, len(folded.text))
        assert "".join(quote.split()) == "".join(text[folded.at[0] : folded.at[-1] + 1].split())


@given(st.text(max_size=80))
def test_any_text_can_be_folded(text: str) -> None:
    assert len(fold(text).at) == len(fold(text).text)
