"""The rules on sentences of diplomacy, in three languages, and on what must not match."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.model.statement import CLASSES, ELEMENTS
from offing.readers.statements.formulas import LATIN, WIDE, WITHIN
from offing.readers.statements.passages import passages, strongest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "method" / "statements.md"

FORMULAS = {
    "importance": [
        "We underscore the importance of peace and stability across the Taiwan Strait, and encourage the peaceful resolution "
        "of cross-Strait issues.",
        "On the Taiwan Strait, we underscore the importance of peace and stability.",
        "Peace and stability across the Taiwan Strait are of vital importance.",
        "We agreed that peace and stability in the Taiwan Strait is in the interest of all.",
        "They stressed the importance of cross-Strait peace and stability, and support for Taiwan.",
        "We oppose any unilateral attempt to change the status quo in the East China Sea, and underscore the importance of "
        "peace and stability across the Taiwan Strait.",
        "They recognized the importance of maintaining peace and stability across the Straits of Taiwan and condemned the "
        "attack on Ukraine.",
        "台湾海峡の平和と安定の重要性を強調するとともに、両岸問題の平和的解決を促す。",
        "両首脳は、東シナ海における一方的な現状変更の試みに強く反対し、台湾海峡の平和と安定の重要性を改めて強調した。",
        "林大臣から、台湾海峡の平和と安定が重要である旨述べた。",
        "雙方重申臺海和平穩定的重要性，並鼓勵和平解決兩岸議題。",
        "双方强调维护台湾海峡和平与稳定的重要性，鼓励和平解决两岸问题。",
        "台灣海峽的和平與穩定至關重要。",
    ],
    "commitment": [
        "We are determined to preserve peace, security and stability in the Taiwan Strait.",
        "They reaffirmed their resolve to maintain peace and stability across the Taiwan Strait.",
        "台湾海峡の平和と安定を維持する決意を表明した。",
        "双方致力于维护台海和平稳定。",
    ],
    "indispensable": [
        "We reaffirm the importance of peace and stability across the Taiwan Strait as an indispensable element of security "
        "and prosperity in the international community.",
        "The maintenance of peace and stability across the Taiwan Strait remains essential for global prosperity.",
        "国際社会の安全と繁栄に不可欠な要素である台湾海峡の平和と安定を維持することの重要性を改めて強調した。",
        "領袖們重申，臺海和平與穩定是國際社會安全與繁榮不可或缺的要素。",
        "七国集团领导人重申，台湾海峡的和平与稳定对于国际社会的安全与繁荣不可或缺。",
    ],
    "oppose_unilateral_change": [
        "They opposed any unilateral attempts to change the status quo in the Taiwan Strait, including by force or coercion.",
        "We reaffirm the importance of peace and stability across the Taiwan Strait and our opposition to unilateral changes "
        "to the status quo.",
        "我々は、台湾海峡における力又は威圧によるいかなる一方的な現状変更の試みにも反対する。",
        "雙方反對任何片面以武力或脅迫改變台海現狀的作為，並重申台海和平穩定的重要性。",
    ],
    "concern": [
        "We express deep concern over recent military activities around Taiwan and reaffirm the importance of peace and "
        "stability across the Taiwan Strait.",
        "They condemned the large-scale exercises in the Taiwan Strait.",
        "中国による台湾海峡での挑発的な行動を非難する。",
        "我们对台湾海峡紧张局势升级深表关切。",
    ],
    "peaceful_resolution": ["We welcome Taiwan’s role and encourage the peaceful resolution of cross-Strait issues."],
    "mention": [
        "They exchanged views on the situation in the Taiwan Strait.",
        "A frigate sailed through the Taiwan Strait in support of peace and stability in the region.",
        "The importance of supporting Taiwan is recognized. Two warships transited the Taiwan Strait.",
        "海軍艦艇通過臺灣海峽。",
    ],
}

NONE = [
    "We spoke of Taiwan, and of peace and stability in the\nStrait of Hormuz.",
    "We discussed Taiwan\nStrait of Malacca shipping, and peace and stability.",
    "- Taiwan\n- Strait of Hormuz\n- peace and stability",
    "Cross-strait ferries between Calais and Dover bring peace and stability.",
    "Cross-Strait relations between Spain and Morocco need peace and stability.",
    "The importance of peace and stability on the Korean Peninsula, and Taiwan’s exports.",
    "台湾について議論した。ホルムズ海峡の平和と安定の重要性を確認した。",
    "釣魚臺海域的和平穩定十分重要。台灣也有主張。",
    "钓鱼台海域和平稳定，台湾",
    "我們談到台灣，也談到荷莫茲海峽的和平與穩定。",
    "信濃川両岸の平和な風景。",
    "",
]

CASES = [(name, text) for name, texts in FORMULAS.items() for text in texts]


def class_of(text: str) -> str:
    found = strongest(passages(text))
    return found.formula_class if found else "none"


@pytest.mark.parametrize(("name", "text"), CASES)
def test_the_class_of_a_sentence(name: str, text: str) -> None:
    assert class_of(text) == name


@pytest.mark.parametrize("text", NONE)
def test_what_is_not_of_the_strait(text: str) -> None:
    assert passages(text) == []


def test_what_is_said_elsewhere_does_not_count() -> None:
    before = "They opposed any attempts to change the status quo by force. "
    after = " They condemned the war. Taiwan is far. We are resolved to keep peace."
    text = "We underscore the importance of peace and stability across the Taiwan Strait."
    assert strongest(passages(before + text + after)) == strongest(passages(text))


def test_neighbours_that_name_taiwan_belong_to_the_passage() -> None:
    text = (
        "We met. Our basic positions on Taiwan remain unchanged. Peace and stability across the Taiwan Strait is indispensable "
        "to security. Taiwan is a partner. We call for a peaceful resolution of cross-Strait issues. Taiwan made chips. "
        "Taiwan won. Taiwan lost. We left."
    )
    (found,) = passages(text)
    assert found.quote == text.removeprefix("We met. ").removesuffix(" Taiwan lost. We left.")
    assert found.elements >= {"position_unchanged", "peaceful_resolution", "indispensable"}


def test_a_quotation_is_whole_and_verbatim_but_for_white_space() -> None:
    text = (
        "Mr. Li of the U.S. came.  We **underscore** the importance of peace and sta-\nbility across\nthe Taiwan Strait.\n\nX."
    )
    (found,) = passages(text)
    assert found.quote == "We **underscore** the importance of peace and sta-bility across the Taiwan Strait."
    (found,) = passages("前文。臺灣海\n峽的和平與\n穩定的重要性。後文。")
    assert found.quote == "臺灣海峽的和平與穩定的重要性。"


MARKS = ["**", "<b>", "</b>", "<i class='x'>", "\u00ad", "\u00ad\n", "\u200b", "<!-- x -->"]
IN_WORDS = ["-\n", "-\r\n", "- \n  ", *MARKS]
FOR_BLANKS = ["\n", "\r\n", "  \n", "\u00a0", "   ", "\n> ", "[^1] ", "[2]\n", "<sup>3</sup> ", "¹ ", " <u>", "\n\n\u00ad"]
IN_WIDE = ["\n", "\r\n", " ", "　", "¹", "[^4]", *MARKS]


def worn(text: str, seed: int, share: float) -> str:
    """The same text after a bad copy: line breaks, hyphenation, markup, footnotes put in anywhere."""
    pick = random.Random(seed)
    out = []
    for n, char in enumerate(text):
        after = text[n + 1 : n + 2]
        if pick.random() > share:
            out.append(char)
        elif char == " ":
            out.append(pick.choice(FOR_BLANKS if after.islower() else FOR_BLANKS[:-1]))
        elif char == "-":
            out.append(pick.choice(["‑", "-\n", "–"]))
        elif char.isascii() and char.islower() and after.islower() and after.isascii():
            out.append(char + pick.choice(IN_WORDS))
        elif not char.isascii() and after and not after.isascii() and char not in "’。，":
            out.append(char + pick.choice(IN_WIDE))
        else:
            out.append(char)
    return "".join(out)


@given(st.sampled_from(CASES), st.integers(0, 2**32), st.sampled_from([0.02, 0.1, 0.4, 1.0]))
def test_wear_does_not_change_the_class(case: tuple[str, str], seed: int, share: float) -> None:
    name, text = case
    copy = worn(text, seed, share)
    assert class_of(copy) == name, copy
    assert strongest(passages(copy)).elements == strongest(passages(text)).elements  # type: ignore[union-attr]


ATOMS = [
    "Taiwan", "the Strait of Hormuz", "peace and stability", "across the Strait of Malacca", "the importance of", "China",
    "the status quo", "the Straits Times", "indispensable", "and", "we reaffirm", "the Bering Strait", "\n", "\n\n", ". ",
    "台湾", "対馬海峡", "平和と安定", "釣魚臺海域", "荷莫茲海峽", "和平與穩定的重要性", "現状変更に反対", "河川両岸", "中国",
    "。", "- ", "**",
]  # fmt: skip


@given(st.lists(st.sampled_from(ATOMS), max_size=25))
def test_other_straits_never_match(atoms: list[str]) -> None:
    assert passages(" ".join(atoms)) == []


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(p.formula_class in CLASSES and p.elements <= set(ELEMENTS) for p in passages(text))


def test_every_rule_is_listed_and_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rules = [*LATIN.rules, *WIDE.rules]
    listed = dict(re.findall(r"^\| `((?:en|cjk)-[\w-]+)` \| `(\w+)` \|", page, re.MULTILINE))
    assert listed == {r.id: r.element for r in rules}
    assert len({r.id for r in rules}) == len(rules) and {r.within for r in rules} == set(WITHIN)
    assert {r.element for r in rules} <= set(ELEMENTS)
    assert all(f"| `{name}` |" in page for name in CLASSES)
