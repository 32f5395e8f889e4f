"""The formulas on peace and stability across the Taiwan Strait: which words carry which element. Method: docs/method/statements.md.

Rules look at folded text (`folding.fold`), sentence by sentence, clause by clause. None looks further than its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from offing.model.statement import CLASSES, ELEMENTS, rank
from offing.readers.statements.folding import HAN, PARAGRAPH, Folded, fold, variants


@dataclass(frozen=True)
class Rule:
    """Words that carry an element. `within` says where they must stand: see `WITHIN`."""

    id: str
    element: str
    within: str
    pattern: re.Pattern[str]


WITHIN = {
    "sentence": "anywhere in a sentence of the passage",
    "formula": "in a clause that speaks of peace and stability in the Strait",
    "before": "before the peace and stability in such a clause",
    "taiwan": "in a clause that names Taiwan or the Strait",
    "status_quo": "in a clause that names Taiwan or the Strait, or in a sentence that names no other region",
}


@dataclass(frozen=True)
class Script:
    """The building stones of one script's rules."""

    strait: re.Pattern[str]
    cross: re.Pattern[str]  # counts only in a text that names Taiwan or China
    taiwan: re.Pattern[str]
    china: re.Pattern[str]
    elsewhere: re.Pattern[str]
    peace: re.Pattern[str]  # group `peace`: where the words for peace stand
    clause: re.Pattern[str]  # where a clause may begin
    verb: re.Pattern[str]  # a clause begins there only if one of these stands in the clause before
    rules: tuple[Rule, ...]


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(variants(pattern), re.IGNORECASE)


def _rules(*rows: tuple[str, str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(id_, element, within, _re(pattern)) for id_, element, within, pattern in rows)


_STRAIT = r"\b(?:(?:taiwan|formosa)[ -]?straits?(?! of\b)|straits? of (?:taiwan|formosa))\b"
_NOUNS = "issue|relation|peace|stability|difference|tension|dialogue|exchange|matter|affair|question|problem|tie|dispute|polic"
_CROSS = rf"\bcross-? ?(?:taiwan )?straits?\b(?= (?:{_NOUNS}|communication|conflict|status quo|situation|military|security))"
_BOTH = rf"(?:{_STRAIT}|{_CROSS})"
_PAIR = r"\b(?:peace(?:(?:,| and| &)(?: \w+)?){1,3} stability|stability (?:and|&) peace|peace and security|peaceful and stable)\b"
_ACTS = r"\b(?:transit|passage|sail|navigat|overfl|vessel|warship|ship|aircraft|exercise|drill|incursion|provocat|tension|crisis)"
_THERE = r"(?:across|in|on|over|throughout|within|of|around)"
_PERFORM = (
    r"(?:re-?)?(?:affirm|iterate?|emphasi[sz]e?|underscor|underlin|stress|recogni[sz]e?|encourag|call(?:s|ed|ing)? (?:for|on)|oppos|condemn"
    r"|express|reinforc|support|urg|welcom|shar|commit|discuss|rais|voic|not(?:e|ed|es|ing)\b|reject|deplor|confirm|highlight|resolv)"
)
_SUBJECT = r"(?:we|they|he|she|both (?:leaders|sides)|the (?:\w+ ){0,3}(?:leaders|ministers|sides|presidents|states))"
_ADVERB = r"(?:also|further|strongly|then|jointly|firmly|resolutely|again|that)"

LATIN = Script(
    strait=_re(_STRAIT),
    cross=_re(_CROSS),
    taiwan=_re(r"\btaiwan(?:ese)?\b"),
    china=_re(r"\b(?:china|chinese|prc)\b"),
    elsewhere=_re(
        r"\b(?:(?:east|south)(?: and (?:east|south))? china seas?|senkaku\w*|diaoyu\w*|ukraine|korean peninsula|black sea|red sea"
        r"|waters of the indo-pacific|anywhere in the world)\b"
    ),
    peace=_re(
        rf"(?P<peace>{_PAIR})(?:(?!{_ACTS})[^;:]){{0,160}}?{_STRAIT}"
        rf"|{_STRAIT}(?:(?!{_ACTS})[^;:]){{0,160}}?(?P<peace2>{_PAIR})(?! {_THERE}\b)"
        rf"|(?P<peace3>\b(?:peace|stability)) (?:{_THERE}|on both sides of) (?:the )?{_STRAIT}"
        rf"|{_CROSS} (?:relations and )?(?P<peace4>peace|stability)"
    ),
    clause=_re(rf"[;:—]| - |(?:,|,? and|,? as well as|,? while) (?={_ADVERB}? ?{_SUBJECT}? ?{_ADVERB}? ?{_PERFORM})"),
    verb=_re(rf"\b{_PERFORM}"),
    rules=_rules(
        ("en-resolution", "peaceful_resolution", "sentence",
         rf"\bpeaceful(?:ly)? (?:\w+ ){{0,2}}?(?:re)?(?:solution|solv\w+|settlement)[^;:]{{0,80}}?{_BOTH}"
         rf"|{_BOTH}[^;:]{{0,80}}?(?:\bpeaceful(?:ly)? (?:\w+ ){{0,2}}?(?:re)?(?:solution|solv\w+|settlement|means)|peacefully)\b"),
        ("en-importance", "importance", "before",
         r"\b(?:(?:importance|imperative|necessity|significance|need|interests?) (?:of|in|to|for|that)"
         r"|(?:important|imperative|necessary|vital|critical|crucial) (?:to|that|for))\b"),
        ("en-important", "importance", "formula",
         r"\b(?:is|are|remains?|as|being|of) (?:\w+ ){0,3}?(?:important|vital|critical|crucial|(?:importance|interests?)(?! (?:of|in)\b))\b"),
        ("en-commitment", "commitment", "before",
         r"\b(?:resolve[ds]?(?! (?:by|through|peacefully))|commit(?:s|ted|ments?)?|determin(?:ed|ation)|dedicat(?:ed|ion)|pledge[ds]?|stand(?:s|ing)? up for)\b"
         r"(?!.*\b(?:importance|imperative|necessity)\b)"),
        ("en-security-prosperity", "security_and_prosperity", "formula",
         r"\b(?:security(?:,? \w+)?,? and prosperity|prosperity and security)\b"),
        ("en-indispensable", "indispensable", "formula",
         r"\b(?:indispensable|essential) (?:(?:and \w+ )?(?:element|component|condition|factor|part|pillar|prerequisite)s? )?(?:to|for|in|of)\b"),
        ("en-oppose", "oppose_unilateral_change", "status_quo",
         r"\b(?:oppos\w+|reject\w*|against|not (?:accept|tolerate)|no(?= unilateral)|neither side should)\b[^;:]{0,120}?"
         r"(?:unilateral\w*|chang\w+|alter\w*|undermin\w+)[^;:]{0,60}?\bstatus quo\b"
         r"|\bstatus quo\b[^;:]{0,80}?\b(?:unacceptable|(?:is|are) opposed)\b"),
        ("en-force", "force_or_coercion", "status_quo",
         rf"(?:status quo|{_BOTH})[^;:]{{0,80}}?\b(?:by|through|without|use of|threat of)\b[^;:]{{0,20}}?\b(?:force|coerci\w+)\b"),
        ("en-concern", "concern", "taiwan",
         r"\b(?:concern(?:s|ed)? (?:about|over|at|with|regarding|by|for)|condemn\w*|deplor\w+|denounc\w+|protest(?:s|ed)?|provocat\w+"
         r"|object(?:s|ed|ions?) (?:to|over)|call(?:s|ed|ing)? for an end to)\b"
         r"(?:(?!\b(?:importance|commitment|resolve|concern)\b)[^;:]){0,160}?\btaiwan\b"),
        ("en-position", "position_unchanged", "sentence",
         r"\b(?:positions?|polic(?:y|ies))\b[^;:]{0,60}?\b(?:unchanged|not changed|no change)\b"
         r"|\bno change (?:in|to)\b[^;:]{0,60}?\b(?:positions?|polic(?:y|ies))\b"),
    ),
)

_H_STRAIT = r"(?:台湾海峡|(?<![魚平烟後舞])台海(?=和平|平和|穏定|安定|安全|情勢|局勢|問題|地区|現状|危機|緊張|両岸|的|之|及|、|$))"
_H_CROSS = r"両岸(?=問題|議題|関係|事務|和平|平和|分歧|歧見|争端|対話|情勢|現状|差異|交流|穏定|安定)"
_H_BOTH = rf"(?:{_H_STRAIT}|{_H_CROSS})"
_H_PAIR = r"(?:和平|平和)(?:及び|以及|[と与和及・、])?(?:穏定|安定)"
_H_VERBS = r"(?:重申|强調|呼吁|鼓勵|反対|表示|譴責|確認|支持|歓迎|認為|指出|敦促|促請)"

WIDE = Script(
    strait=_re(_H_STRAIT),
    cross=_re(_H_CROSS),
    taiwan=_re(r"台湾|台海"),
    china=_re(r"中国|北京"),
    elsewhere=_re(r"東シナ海|南シナ海|東海|南海|東中国海|南中国海|尖閣|釣魚|ウクライナ|烏克蘭|乌克兰|朝鮮|世界(?:の|中|上)?(?:どこ|任何)"),
    peace=_re(
        rf"{_H_BOTH}(?:(?!通過|航行|し、|朝鮮|半島|[;。]).){{0,16}}?(?P<peace>{_H_PAIR})"
        rf"|(?P<peace2>{_H_PAIR})(?:(?!通過|航行|し、|[;。]).){{0,16}}?{_H_STRAIT}"
        rf"|{_H_BOTH}(?:地区|地域|情勢|局勢)?[のに的之]?(?P<peace3>和平|平和|穏定|安定)(?!的?(?:解決|統一|的))"
    ),
    clause=_re(
        rf"[;:]|(?:(?<=[しりて])|(?<=ともに)|(?<=共に)|(?<=つつ)|(?<=ほか))、"
        rf"|[,、](?=(?:並且|[並且及也亦]|以及|同時|共同|堅決|强烈|一致|再次){{0,3}}{_H_VERBS})"
    ),
    verb=_re(rf"{_H_VERBS}|懸念|反対|強調|確認|促"),
    rules=_rules(
        ("cjk-resolution", "peaceful_resolution", "sentence",
         rf"(?:平和的|和平)[なに的地]?(?:方式)?.{{0,12}}?{_H_BOTH}.{{0,8}}?(?:解決|処理)|{_H_BOTH}.{{0,24}}?(?:平和的|和平)[なに的地]?.{{0,8}}?(?:解決|処理)"
         rf"|(?:平和的|和平)[なに的地]?解決.{{0,12}}?{_H_BOTH}"),
        ("cjk-importance", "importance", "formula",
         r"重要性|必要性|重要(?=で|だ|と)|(?:至関|非常|十分|極為|極其|極めて|深刻)重要|(?:符合|関乎).{0,16}利益|(?:対|は|が).{0,40}重要"),
        ("cjk-commitment", "commitment", "formula", r"決意|決心|コミット|承諾|致力|確約"),
        ("cjk-security-prosperity", "security_and_prosperity", "formula", r"安全(?:保障)?(?:及び|以及|[と与和及・、])?(?:繁栄)"),
        ("cjk-indispensable", "indispensable", "formula",
         r"(?:不可欠|不可或缺|不可缺少|必不可少|欠かせない|欠くことのできない)(?![なの的]?(?:パートナー|夥伴|伙伴|役割))"),
        ("cjk-oppose", "oppose_unilateral_change", "status_quo",
         r"現状.{0,40}?(?:反対|許さ|認め(?:ない|られない)|容認(?:でき|し)ない|拒否)"
         r"|(?:反対|不接受|不允許|拒絶|不容許).{0,30}?(?:改変|変更|変化|片面|単方面|一方的).{0,12}?現状|(?:反対|不接受|拒絶).{0,30}?現状.{0,8}?(?:改変|変更)"),
        ("cjk-force", "force_or_coercion", "status_quo",
         r"(?:武力|脅迫|威圧|力(?:又は|または|や|、|による)|强制).{0,40}?現状|現状.{0,30}?(?:武力|脅迫|威圧)|不.{0,4}(?:使用|訴諸)武力"),
        ("cjk-concern", "concern", "taiwan", r"懸念|憂慮|関切|譴責|非難|抗議|挑発|挑衅|挑釁"),
        ("cjk-position", "position_unchanged", "sentence",
         r"(?:立場|政策|方針).{0,24}?(?:変わら|変更は?(?:ない|なく)|変化は?(?:ない|なく)|不変|[没未]有?(?:改変|変化|変更)|未変)"),
    ),
)


@dataclass(frozen=True)
class Passage:
    """Neighbouring sentences that speak of the Strait, and what they carry."""

    quote: str
    elements: frozenset[str]

    @property
    def formula_class(self) -> str:
        """The strongest class that the passage reaches."""
        return max((c for c in CLASSES if c in self.elements), key=rank, default="mention")


def passages(text: str) -> list[Passage]:
    """The passages of a text that name the Taiwan Strait or speak of cross-Strait issues, in their order; mostly one."""
    folded = fold(text)
    lands = any(p.search(folded.text) for s in (LATIN, WIDE) for p in (s.taiwan, s.china))
    found: list[Passage] = []
    for start, end in _spans(folded.text, 0, len(folded.text), re.finditer(PARAGRAPH, folded.text)):
        run: list[_Sentence] = []
        for low, high in _spans(folded.text, start, end, _stops(folded.text, start, end)):
            elements = _elements(folded.text[low:high], lands)
            if elements is not None:
                run.append((low, high, elements))
            elif run:
                found += _passages_of(folded, run)
                run = []
        found += _passages_of(folded, run)
    return found


def strongest(found: list[Passage]) -> Passage | None:
    """The passage that gives a text its class: the strongest, of equals one that names the Strait itself, then the first."""
    return max(found, key=lambda p: (rank(p.formula_class), "taiwan_strait" in p.elements), default=None)


def ordered(elements: frozenset[str]) -> tuple[str, ...]:
    """Elements in the order of `ELEMENTS`."""
    return tuple(e for e in ELEMENTS if e in elements)


_Sentence = tuple[int, int, set[str]]
_NEAR = 2  # sentences that name only Taiwan belong to a passage this far from one that names the Strait
_SHORT = re.compile(r"(?:\b(?:mr|mrs|ms|dr|jr|sr|st|no|nos|art|gen|sen|rep|gov|lt|col|adm|prof|vs|inc|ltd|e\.g|i\.e)|\b[a-z])$", re.IGNORECASE)
_STARTS = re.compile(r"[\"'(]*(?:We|They|He|She|It|Both|This|These|Our)\b")
_STOP = re.compile(rf"(?P<dot>[.!?][\"')\]]*) (?=[\"'(\[]*[A-Z0-9{HAN}])|[。！!?][」』\")]*(?! )")


def _stops(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where sentences end: not after abbreviations, unless a word follows that starts sentences."""
    for stop in _STOP.finditer(text, start, end):
        if stop["dot"] is None or stop["dot"][0] != "." or not _SHORT.search(text, max(start, stop.start() - 8), stop.start()):
            yield stop
        elif _STARTS.match(text, stop.end()):
            yield stop


def _spans(text: str, start: int, end: int, cuts: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """The parts between cuts, without blanks at their ends; a cut's group `dot` belongs to the part before it."""
    for cut in cuts:
        stop = cut.end()
        while start < stop and text[stop - 1].isspace():
            stop -= 1
        if start < stop:
            yield start, stop
        start = cut.end()
    if start < end:
        yield start, end


def _elements(sentence: str, lands: bool) -> set[str] | None:
    """What a sentence carries; None: it names neither Taiwan nor the Strait."""
    found: set[str] | None = None
    for script in (LATIN, WIDE):
        named = {"taiwan_strait": bool(script.strait.search(sentence)), "cross_strait": lands and bool(script.cross.search(sentence))}
        about = {element for element, holds in named.items() if holds}
        if not about and not script.taiwan.search(sentence):
            continue
        found = (found or set()) | about
        found |= {r.element for r in script.rules if r.within == "sentence" and r.pattern.search(sentence)}
        alone = not script.elsewhere.search(sentence)
        for clause in _clauses(sentence, script):
            peace = script.peace.search(clause) if about else None
            if peace:
                found.add("peace_and_stability")
            scopes = {
                "formula": clause if peace else "",
                "before": clause[: min(at for name in peace.groupdict() if (at := peace.start(name)) >= 0)] if peace else "",
                "taiwan": clause if script.taiwan.search(clause) else "",
                "status_quo": clause if alone or script.taiwan.search(clause) or script.cross.search(clause) else "",
            }
            found |= {r.element for r in script.rules if r.within in scopes and r.pattern.search(scopes[r.within])}
    return found


def _clauses(sentence: str, script: Script) -> Iterator[str]:
    start = 0
    for cut in script.clause.finditer(sentence):
        if script.verb.search(sentence, start, cut.start()):
            yield sentence[start : cut.start()]
            start = cut.start()
    yield sentence[start:]


def _passages_of(folded: Folded, run: list[_Sentence]) -> Iterator[Passage]:
    """The passages of neighbouring sentences that each name Taiwan or the Strait: those near one that names the Strait."""
    named = [n for n, (_, _, elements) in enumerate(run) if elements & {"taiwan_strait", "cross_strait"}]
    near = [n for n in range(len(run)) if any(abs(n - m) <= _NEAR for m in named)]
    for n, first in enumerate(near):
        if n and near[n - 1] == first - 1:
            continue
        last = first
        while last + 1 in near:
            last += 1
        elements = frozenset().union(*(e for _, _, e in run[first : last + 1]))
        yield Passage(folded.quote(run[first][0], run[last][1]), elements)
