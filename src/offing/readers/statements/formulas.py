"""The words by which texts speak of the Taiwan Strait, as listed rules in two scripts. Method: docs/method/statements.md.

Patterns are matched against folded text (`folding.fold`), whatever the case; those of the wide script are folded themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from offing.readers.statements.folding import variants

WITHIN = {
    "sentence": "anywhere in a sentence of the passage",
    "formula": "in a clause that speaks of peace and stability in the Strait",
    "before": "in such a clause, before its peace and stability",
    "taiwan": "in a clause that names Taiwan or the Strait",
    "status_quo": "in a clause that names Taiwan or the Strait, or in a sentence of the passage that names no other region",
}
"""Where the words of a rule must stand."""


@dataclass(frozen=True)
class Rule:
    """Words that carry an element."""

    id: str
    element: str  # of model.statement.ELEMENTS
    within: str  # of WITHIN
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Script:
    """The rules of one script."""

    strait: re.Pattern[str]
    cross: re.Pattern[str]  # counts only in a text that names Taiwan or China
    taiwan: re.Pattern[str]
    china: re.Pattern[str]
    elsewhere: re.Pattern[str]  # other regions
    peace: re.Pattern[str]  # the formula; its one group that matches is the peace and stability
    clause: re.Pattern[str]  # where a clause may begin
    verb: re.Pattern[str]  # it begins there if one of these stands in the clause before
    rules: tuple[Rule, ...]


def _re(*patterns: str) -> re.Pattern[str]:
    return re.compile(variants("|".join(patterns)), re.IGNORECASE)


def _rule(id_: str, element: str, within: str, *patterns: str) -> Rule:
    return Rule(id_, element, within, _re(*patterns))


_STRAIT = r"\b(?:(?:taiwan|formosa)[ -]?straits?(?! of\b)|straits? of (?:taiwan|formosa))\b"
_NOUNS = (
    r"(?:issue|relation|peace|stability|difference|tension|dialogue|exchange|matter|affair|question|problem|tie|dispute|polic"
    r"|communication|conflict|status quo|situation|military|security)"
)
_CROSS = rf"\bcross-? ?(?:taiwan )?straits?\b(?= {_NOUNS})"
_BOTH = rf"(?:{_STRAIT}|{_CROSS})"
_PAIR = (
    r"\b(?:peace(?:(?:,| and| &)(?: \w+)?){1,3} stability|stability (?:and|&) peace|peace and security|peaceful and stable)\b"
)
_ACTS = (
    r"\b(?:transit|passage|sail|navigat|overfl|vessel|warship|ship|aircraft|exercise|drill|incursion|provocat|tension|crisis)"
)
_THERE = r"(?:across|in|on|over|throughout|within|of|around)"
_PERFORM = (
    r"(?:re-?)?(?:affirm|iterate?|emphasi[sz]e?|underscor|underlin|stress|recogni[sz]e?|encourag|call(?:s|ed|ing)? (?:for|on)"
    r"|oppos|condemn|express|reinforc|support|urg|welcom|shar|commit|discuss|rais|voic|not(?:e|ed|es|ing)\b|reject|deplor"
    r"|confirm|highlight|resolv)"
)
_SUBJECT = r"(?:we|they|he|she|both (?:leaders|sides)|the (?:\w+ ){0,3}(?:leaders|ministers|sides|presidents|states))"
_ADVERB = r"(?:also|further|strongly|then|jointly|firmly|resolutely|again|that)"
_SOLVED = r"\bpeaceful(?:ly)? (?:\w+ ){0,2}?(?:re)?(?:solution|solv\w+|settlement)"

LATIN = Script(
    strait=_re(_STRAIT),
    cross=_re(_CROSS),
    taiwan=_re(r"\btaiwan(?:ese)?\b"),
    china=_re(r"\b(?:china|chinese|prc)\b"),
    elsewhere=_re(
        r"\b(?:(?:east|south)(?: and (?:east|south))? china seas?|senkaku\w*|diaoyu\w*|korean peninsula|black sea|red sea)\b",
        r"\b(?:ukraine|waters of the indo-pacific|anywhere in the world)\b",
    ),
    peace=_re(
        rf"({_PAIR})(?:(?!{_ACTS})[^;:]){{0,160}}?{_STRAIT}",
        rf"{_STRAIT}(?:(?!{_ACTS})[^;:]){{0,160}}?({_PAIR})(?! {_THERE}\b)",
        rf"(\b(?:peace|stability)) (?:{_THERE}|on both sides of) (?:the )?{_STRAIT}",
        rf"{_CROSS} (?:relations and )?(peace|stability)",
    ),
    clause=_re(r"[;:—]| - ", rf"(?:,|,? and|,? as well as|,? while) (?={_ADVERB}? ?{_SUBJECT}? ?{_ADVERB}? ?{_PERFORM})"),
    verb=_re(rf"\b{_PERFORM}"),
    rules=(
        _rule(
            "en-resolution",
            "peaceful_resolution",
            "sentence",
            rf"{_SOLVED}[^;:]{{0,80}}?{_BOTH}",
            rf"{_BOTH}[^;:]{{0,80}}?(?:{_SOLVED}|\bpeaceful means|\bpeacefully)\b",
        ),
        _rule(
            "en-importance-of",
            "importance",
            "before",
            r"\b(?:importance|imperative|necessity|significance|need|interests?) (?:of|in|to|for|that)\b",
            r"\b(?:important|imperative|necessary|vital|critical|crucial) (?:to|that|for)\b",
        ),
        _rule(
            "en-is-important",
            "importance",
            "formula",
            r"\b(?:is|are|remains?|as|of) (?:\w+ ){0,3}?(?:important|vital|critical|crucial|importance)\b(?! (?:of|in)\b)",
            r"\bin (?:the|our) (?:\w+ ){0,2}?interests?\b",
        ),
        _rule(
            "en-commitment",
            "commitment",
            "before",
            r"\b(?:resolve[ds]?(?! (?:by|through|peacefully))|commit(?:s|ted|ments?)?|determin(?:ed|ation)|dedicat(?:ed|ion)"
            r"|pledge[ds]?|stand(?:s|ing)? up for)\b(?!.*\b(?:importance|imperative|necessity)\b)",
        ),
        _rule(
            "en-security-and-prosperity",
            "security_and_prosperity",
            "formula",
            r"\b(?:security(?:,? \w+)?,? and prosperity|prosperity and security)\b",
        ),
        _rule(
            "en-indispensable",
            "indispensable",
            "formula",
            r"\b(?:indispensable|essential) "
            r"(?:(?:and \w+ )?(?:element|component|condition|factor|part|pillar|prerequisite)s? )?(?:to|for|in|of)\b",
            r"\b(?:is|are|as|remains?) (?:\w+ )?indispensable(?! (?:partner|all|role)\w*)\b",
        ),
        _rule(
            "en-oppose",
            "oppose_unilateral_change",
            "status_quo",
            r"\b(?:oppos\w+|reject\w*|against|not (?:accept|tolerate)|no(?= unilateral)|neither side should)\b[^;:]{0,120}?"
            r"(?:unilateral\w*|chang\w+|alter\w*|undermin\w+)[^;:]{0,60}?\bstatus quo\b",
            r"\bstatus quo\b[^;:]{0,80}?\b(?:unacceptable|(?:is|are) opposed)\b",
        ),
        _rule(
            "en-force",
            "force_or_coercion",
            "status_quo",
            rf"(?:status quo|{_BOTH})[^;:]{{0,80}}?\b(?:by|through|without|use of|threat of)\b"
            r"[^;:]{0,20}?\b(?:force|coerci\w+)\b",
        ),
        _rule(
            "en-concern",
            "concern",
            "taiwan",
            r"\b(?:concern(?:s|ed)? (?:about|over|at|with|regarding|by|for)|condemn\w*|deplor\w+|denounc\w+|protest(?:s|ed)?"
            r"|provocat\w+|object(?:s|ed|ions?) (?:to|over)|call(?:s|ed|ing)? for an end to)\b"
            r"(?:(?!\b(?:importance|commitment|resolve|concern)\b)[^;:]){0,160}?\btaiwan\b",
        ),
        _rule(
            "en-position",
            "position_unchanged",
            "sentence",
            r"\b(?:positions?|polic(?:y|ies))\b[^;:]{0,60}?\b(?:unchanged|not changed|no change)\b",
            r"\bno change (?:in|to)\b[^;:]{0,60}?\b(?:positions?|polic(?:y|ies))\b",
        ),
    ),
)

_H_STRAIT = (
    r"(?:台湾海峡|(?<![魚平烟後舞])台海"
    r"(?=和平|平和|穏定|安定|安全|情勢|局勢|問題|地区|現状|危機|緊張|両岸|的|之|及|、|$))"
)
_H_CROSS = r"(?<![川河江湖])両岸(?=問題|議題|関係|事務|和平|平和|分歧|歧見|争端|対話|情勢|現状|差異|交流|穏定|安定)"
_H_BOTH = rf"(?:{_H_STRAIT}|{_H_CROSS})"
_H_PAIR = r"(?:和平|平和)(?:及び|以及|[と与和及・、])?(?:穏定|安定)"
_H_ACTS = r"通過|航行|し、|朝鮮|半島|[;。]"
_H_VERBS = r"(?:重申|强調|呼吁|鼓勵|反対|表示|譴責|確認|支持|歓迎|認為|指出|敦促|促請)"
_H_SOLVED = r"(?:平和的|和平)[なに的地]?.{0,8}?(?:解決|処理)"

WIDE = Script(
    strait=_re(_H_STRAIT),
    cross=_re(_H_CROSS),
    taiwan=_re(r"台湾|台海"),
    china=_re(r"中国|北京"),
    elsewhere=_re(
        r"東シナ海|南シナ海|東海|南海|東中国海|南中国海|尖閣|釣魚|ウクライナ|烏克蘭|乌克兰|朝鮮",
        r"世界(?:の|中|上)?(?:どこ|任何)",
    ),
    peace=_re(
        rf"{_H_BOTH}(?:(?!{_H_ACTS}).){{0,16}}?({_H_PAIR})",
        rf"({_H_PAIR})(?:(?!{_H_ACTS}).){{0,16}}?{_H_STRAIT}",
        rf"{_H_BOTH}(?:地区|地域|情勢|局勢)?[のに的之]?(和平|平和|穏定|安定)(?!的?(?:解決|統一|的))",
    ),
    clause=_re(
        r"[;:]",
        r"(?:(?<=[しりて])|(?<=ともに)|(?<=共に)|(?<=つつ)|(?<=ほか))、",
        rf"[,、](?=(?:並且|[並且及也亦]|以及|同時|共同|堅決|强烈|一致|再次){{0,3}}{_H_VERBS})",
    ),
    verb=_re(_H_VERBS, r"懸念|促"),
    rules=(
        _rule(
            "cjk-resolution",
            "peaceful_resolution",
            "sentence",
            rf"{_H_SOLVED}.{{0,12}}?{_H_BOTH}",
            rf"{_H_BOTH}.{{0,24}}?{_H_SOLVED}",
            rf"(?:平和的|和平)[なに的地]?(?:方式)?.{{0,12}}?{_H_BOTH}.{{0,8}}?(?:解決|処理)",
        ),
        _rule(
            "cjk-importance",
            "importance",
            "formula",
            r"重要性|必要性|重要(?=で|だ|と)|(?:至関|非常|十分|極為|極其|極めて|深刻)重要",
            r"(?:符合|関乎|共同|重大).{0,8}利益|(?:対|は|が).{0,40}重要",
        ),
        _rule("cjk-commitment", "commitment", "formula", r"決意|決心|コミット|承諾|致力|確約"),
        _rule(
            "cjk-security-and-prosperity",
            "security_and_prosperity",
            "formula",
            r"安全(?:保障)?(?:及び|以及|[と与和及・、])?繁栄",
        ),
        _rule(
            "cjk-indispensable",
            "indispensable",
            "formula",
            r"(?:不可欠|不可或缺|不可缺少|必不可少|欠かせない|欠くことのできない)(?![なの的]?(?:パートナー|夥伴|伙伴|役割))",
        ),
        _rule(
            "cjk-oppose",
            "oppose_unilateral_change",
            "status_quo",
            r"現状.{0,40}?(?:反対|許さ|認め(?:ない|られない)|容認(?:でき|し)ない|拒否)",
            r"(?:反対|不接受|不允許|拒絶|不容許).{0,30}?(?:改変|変更|変化|片面|単方面|一方的).{0,12}?現状",
            r"(?:反対|不接受|拒絶).{0,30}?現状.{0,8}?(?:改変|変更)",
        ),
        _rule(
            "cjk-force",
            "force_or_coercion",
            "status_quo",
            r"(?:武力|脅迫|威圧|力(?:又は|または|や|、|による)|强制).{0,40}?現状|現状.{0,30}?(?:武力|脅迫|威圧)",
            r"不.{0,4}(?:使用|訴諸)武力",
        ),
        _rule("cjk-concern", "concern", "taiwan", r"懸念|憂慮|関切|譴責|非難|抗議|挑発|挑衅|挑釁"),
        _rule(
            "cjk-position",
            "position_unchanged",
            "sentence",
            r"(?:立場|政策|方針).{0,24}?(?:変わら|変更は?な[いく]|変化は?な[いく]|不変|[没未]有?(?:改変|変化|変更)|未変)",
        ),
    ),
)
