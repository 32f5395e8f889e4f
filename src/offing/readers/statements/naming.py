"""Kind, parties and forum of a text, from its title and its source, by listed rules; what no rule tells stays empty.

Method: docs/method/statements.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from offing.readers.statements.folding import variants


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(variants(pattern), re.IGNORECASE)


_KINDS = [
    (kind, _re(pattern))
    for kind, pattern in (
        ("chair_summary", r"chair'?s (?:summary|statement)|議長(?:総括|サマリー|声明)|主席(?:声明|總結)"),
        ("fact_sheet", r"\bfact ?sheet|ファクトシート|事実関係|概要書"),
        ("press_briefing", r"\bpress (?:call|briefing|gaggle|conference)|記者会見|記者會"),
        (
            "readout",
            r"\bread-?out|^(?:summary of|phone call with)|(?:会談|会合|通話|面談|會談)(?:の?(?:概要|結果|紀要)|\(概要|$)",
        ),
        ("remarks", r"^remarks\b|\b(?:speech|keynote|address)\b|演説|スピーチ|講話|致詞|致辞|演講|讲话"),
        ("interview", r"\binterview\b|インタビュー|專訪|受訪"),
        ("white_paper", r"\bwhite paper\b|\bdefen[cs]e of japan\b|\bnational defen[cs]e report\b|白書|白皮書|國防報告書"),
        ("memorandum", r"\bmemorand(?:um|a)\b|\bMOU\b|覚書|備忘錄"),
        ("treaty", r"\btreaty\b|\bconvention\b|条約"),
        (
            "joint_statement",
            r"\bjoint\b.*\b(?:statements?|declaration|vision|communiqu[eé]|announcement)(?-i:(?![a-z]))|\bcommuniqu[eé]\b|\bdeclaration\b|\baccord\b"
            r"|\b(?:summit|leaders'?|ministers'?|meeting) (?:joint )?statement\b"
            r"|\bstatement (?:of|by) the (?:g7|quad|leaders|(?:\w+ ){0,3}ministers)\b"
            r"|共同声明|共同発表|共同宣言|首脳(?:声明|宣言|コミュニケ)|外相(?:声明|コミュニケ)|聯合声明|公報|コミュニケ",
        ),
        ("law", r"\b(?:act|law|bill)\b|(?:法|法律|法案)$"),
        ("press_statement", r"^(?:press )?(?:statement|release)\b|\bstatement (?:by|from|on)\b|談話|声明"),
    )
]

_JOINT = _re(r"\bjoint\b|\bcommuniqu|共同|聯合")

_PARTIES = [
    (code, _re(pattern))
    for code, pattern in (
        ("kp", r"democratic people'?s republic of korea|\bDPRK\b|north korean?\b|北朝鮮|朝鮮民主主義人民共和国"),
        ("cn", r"people'?s republic of china|\bPRC\b|chinese communist|中華人民共和国"),
        ("tw", r"republic of china|\btaiwan(?:ese)?\b(?! strait)|台湾(?!海峡)|中華民国"),
        ("kr", r"republic of korea|\bROK\b|(?:south )?\bkorean?\b|韓国|大韓民国"),
        ("us", r"united states|\bU\.S\.(?:A\.)?|\b(?-i:USA?)\b|\bamerican?\b|white house|米国|美国|アメリカ"),
        ("jp", r"\bjapan(?:ese)?\b|日本"),
        ("cn", r"\bchin(?:a|ese)\b|中国"),
        ("ph", r"\bphilippines?\b|\bfilipino\b|フィリピン|菲律賓"),
        ("au", r"\baustralian?\b|オーストラリア|豪州|澳大利亞|澳洲"),
        ("nz", r"\bnew zealand\b|ニュージーランド|紐西蘭"),
        ("gb", r"united kingdom|\bU\.K\.|\b(?-i:UK)\b|\bbrit(?:ain|ish)\b|英国"),
        ("ca", r"\bcanad(?:a|ian)\b|カナダ|加拿大"),
        ("de", r"\bgermany?\b|ドイツ|德国"),
        ("fr", r"\bfrance\b|\bfrench\b|フランス|法国"),
        ("it", r"\bital(?:y|ian)\b|イタリア|義大利|意大利"),
        ("eu", r"\beuropean (?:union|commission|council)\b|\b(?-i:EU)\b|欧州連合|歐盟|欧盟"),
        ("id", r"\bindonesian?\b|インドネシア|印尼"),
        ("in", r"\bindian?\b(?! ocean)|インド(?!太平洋|洋)|印度(?!太平洋|洋)"),
        ("fi", r"\bfinland\b|\bfinnish\b|フィンランド|芬蘭"),
        ("nl", r"\bnetherlands\b|\bdutch\b|オランダ|荷蘭"),
        ("lt", r"\blithuanian?\b|リトアニア|立陶宛"),
        ("cz", r"\bczech(?:ia)?\b|チェコ|捷克"),
        ("vn", r"\bviet ?nam(?:ese)?\b|ベトナム|越南"),
        ("sg", r"\bsingapore\b|シンガポール|新加坡"),
    )
]
"""In this order; the words of one are taken out of the title before the next is looked for."""

_OFFICE = r"(?:president|prime minister|chancellor|premier|secretary(?: of state)?|vice president|advis[eo]r|minister)"
_PERSONS = [
    (code, _re(rf"{_OFFICE} (?:(?!{_OFFICE})[\w.]+ ){{0,3}}(?:{names})\b"))
    for code, names in (
        ("us", "trump|biden|harris|vance|sullivan|finer|waltz|blinken|rubio|austin|hegseth"),
        ("jp", "abe|suga|kishida|ishiba|takaichi|akiba"),
        ("kr", "moon|yoon|lee jae[- ]myung"),
        ("cn", "xi|wang yi|li keqiang|li qiang"),
        ("ph", "duterte|marcos"),
        ("au", "morrison|albanese"),
        ("gb", "johnson|truss|sunak|starmer"),
        ("fr", "macron"),
        ("de", "merkel|scholz|merz"),
        ("it", "draghi|meloni"),
        ("ca", "trudeau|carney"),
        ("in", "modi"),
        ("eu", "von der leyen|michel|costa"),
    )
]
"""Heads of government and security advisers since 2019, named after their office."""

_SIGNS = {
    sign: code
    for code, signs in {
        "jp": "日", "us": "米美", "cn": "中", "tw": "台", "kr": "韓", "au": "豪澳", "gb": "英", "de": "独德", "fr": "仏法",
        "it": "伊義意", "ca": "加", "ph": "比菲", "in": "印",
    }.items()
    for sign in variants(signs)
}  # fmt: skip
_MEET = r"首脳|外相|外務|防衛|安全保障|共同|会談|関係|領袖|領導|聯合|声明|峰会|高峰|外長|2\+2|国防|総理|大統領|三国|両国"
_SIGN_RUN = re.compile(rf"(?:[{''.join(_SIGNS)}]|EU){{2,}}(?={variants(_MEET)})")

_GROUPS = [
    (name, codes.split(), _re(pattern))
    for name, codes, pattern in (
        ("g7", "ca de eu fr gb it jp us", r"\bG-?7\b|group of seven|七大工業国"),
        ("quad", "au in jp us", r"\bquad\b|日米豪印|美日印澳"),
    )
]

_SERIES = [
    ("east-asia-summit", _re(r"east asia summit|東アジア首脳会議|東亞峰會")),
    ("defense-of-japan", _re(r"defen[cs]e of japan|防衛白書")),
]

_BELOW = _re(
    r"\b(?:vice|deputy|under ?-?secretary|assistant|senior)\b(?! (?:prime )?minister)|次官|局長級|副大臣|副總統|副国務"
)
_LEVELS = [
    (level, _re(pattern))
    for level, pattern in (
        (
            "2plus2",
            r"2\s?\+\s?2|two-plus-two|security consultative|foreign and defen[cs]e ministers"
            r"|安全保障協議委員会|外務・防衛|外交国防",
        ),
        ("security-advisors", r"national security advis[eo]rs?|国家安全保障(?:局長|担当)|国(?:家)?安(?:全)?顧問"),
        (
            "foreign-ministers",
            r"foreign (?:and development )?ministers?|foreign secretar|secretary of state|外相|外務大臣|外長",
        ),
        (
            "defense-ministers",
            r"defen[cs]e ministers?|defen[cs]e secretar|secretary of (?:defen[cs]e|war)|防衛相|防衛大臣|国防部長|防長",
        ),
        (
            "leaders",
            r"\bsummit\b|\bleaders?\b|\bpresidents?\b|prime ministers?\b|\bchancellors?\b|\bpremiers?\b"
            r"|首脳|総理|大統領|領袖|領導人|峰会|高峰|元首|総統",
        ),
    )
]

_HOSTS = [
    ("us", r"(?:^|\.)(?:whitehouse|(?:biden|trump)whitehouse\.archives|state|defense|war|usembassy|congress)\.gov$|\.mil$"),
    ("jp", r"\.go\.jp$"), ("tw", r"\.gov\.tw$"), ("cn", r"\.gov\.cn$"), ("kr", r"\.go\.kr$"), ("gb", r"\.gov\.uk$"),
    ("au", r"\.gov\.au$"), ("ph", r"\.gov\.ph$"), ("in", r"\.gov\.in$"), ("nz", r"\.govt\.nz$"), ("eu", r"(?:^|\.)europa\.eu$"),
    ("ca", r"\.gc\.ca$|(?:^|\.)canada\.ca$"), ("fr", r"\.gouv\.fr$|(?:^|\.)elysee\.fr$"),
    ("de", r"(?:^|\.)(?:bundesregierung|auswaertiges-amt|bundeskanzler)\.de$"), ("it", r"(?:^|\.)(?:governo|esteri)\.it$"),
]  # fmt: skip


@dataclass(frozen=True)
class Naming:
    """What title and source tell of a text; empty where no rule does."""

    kind: str
    parties: tuple[str, ...]
    issued_by: tuple[str, ...]
    forum: str


def naming(title: str, source: str, opening: str, kind: str = "", parties: tuple[str, ...] = ()) -> Naming:
    """Kind, parties, issuers and forum. `opening`: the start of the text, where a joint text may say its level.

    `kind` and `parties`, where a header gives them, stand instead of what the title tells.
    """
    words = variants(" ".join(title.split()))
    group, named = _named(words)
    if parties:
        named = set(parties)
        group = next((name for name, members, _ in _GROUPS if named == set(members)), "")
    issuer = {issuer_of(source)} - {""}
    kind = kind or _kind(words, len(named))
    if kind in ("joint_statement", "treaty", "memorandum") or (kind == "readout" and _JOINT.search(words)):
        met, issued, start = named, named, opening
    elif kind in ("readout", "chair_summary"):
        met, issued, start = named | issuer, issuer, ""
    else:
        issued = issuer or (named if len(named) == 1 else set())
        return Naming(kind, tuple(sorted(parties or issued)), tuple(sorted(issued)), _series(words))
    level = _level(words) or _level(variants(" ".join(start.split())))
    forum = forum_id(met, level, group) if level and (group or len(met) > 1) else ""
    return Naming(kind, tuple(sorted(met)), tuple(sorted(issued)), _series(words) or forum)


def forum_id(parties: set[str], level: str, group: str = "") -> str:
    """`jp-us-leaders`, `g7-foreign-ministers`: the parties' codes in alphabetical order, or the group's name, and the level."""
    return f"{group or '-'.join(sorted(parties))}-{level}"


def parties_of(text: str) -> tuple[str, ...]:
    """The codes of the parties that a list names (`Japan, US`; `jp; us`; `G7`); a name that no rule knows stays as it is."""
    codes: set[str] = set()
    for item in filter(None, (part.strip() for part in re.split(r"[,;、/]|\band\b", text))):
        codes |= {item.lower()} if item.lower() in dict(_PARTIES) else _named(variants(item))[1] or {item}
    return tuple(sorted(codes))


def issuer_of(source: str) -> str:
    """The party on whose own address a text was published; empty: not an address of a government that is listed."""
    try:
        host = (urlsplit(source).hostname or "") if "//" in source else ""
    except ValueError:  # not an address
        host = ""
    return next((code for code, pattern in _HOSTS if re.search(pattern, host)), "")


def _series(words: str) -> str:
    return next((name for name, pattern in _SERIES if pattern.search(words)), "")


def _named(words: str) -> tuple[str, set[str]]:
    for name, members, pattern in _GROUPS:
        if pattern.search(words):
            return name, set(members)
    codes = {code for code, pattern in _PERSONS if pattern.search(words)}
    for run in _SIGN_RUN.finditer(words):
        codes |= {"eu"} if "EU" in run[0] else set()
        codes |= {code for sign, code in _SIGNS.items() if sign in run[0]}
    for code, pattern in _PARTIES:
        words, found = pattern.subn(" ", words)
        if found:
            codes.add(code)
    return "", codes


def _kind(words: str, parties: int) -> str:
    for kind, pattern in _KINDS:
        if pattern.search(words):
            joint = kind == "press_statement" and parties > 1 and not re.search(r"\b(?:by|from)\b", words, re.IGNORECASE)
            return "joint_statement" if joint else kind
    return "joint_statement" if parties > 1 and re.search(r"\bstatement\b", words, re.IGNORECASE) else ""


def _level(words: str) -> str:
    if _BELOW.search(words):
        return ""
    return next((level for level, pattern in _LEVELS if pattern.search(words)), "")
