"""The words of the Chinese notices of Taiwan's Ministry of National Defense, as rules; and the sectors by name."""

from __future__ import annotations

import re

from offing.readers.bulletins.moments import chinese_moment
from offing.readers.bulletins.numerals import NUMBER as N
from offing.readers.bulletins.numerals import squeezed, traditional
from offing.readers.bulletins.sentences import rules

SLIPS = str.maketrans("谕途踰䀄糸丶舆興𢝵", "逾逾逾密系、與與飛")
"""Slips of the pen in real notices, and other forms of a character."""

_AIR_N = rf"(?:{N})(?:架次|架|次)"
_SHIP_N = r"(?:艘次|艘)"
_SECTOR = r"(?:西南|東南|西北|東北|北|中|東|西|南)部?"
_SECTORS = rf"{_SECTOR}(?:[、,及和與]{{1,2}}{_SECTOR})*"
_AIRSPACE = rf"(?:我|臺灣|臺)?(?:{_SECTORS})(?:空域|防空識別區|ADIZ)"
_LINE = r"(?:逾越|穿越|跨越|越過)(?:臺灣|臺海)?(?:海峽)?中線(?:及?其?延伸線?)?"
_TIMES = r"[0-9]{1,2}:?[0-9]{2}時?(?:[、,及]+(?:[0-9]{1,2}:?[0-9]{2})時?)*"
_PATH = r"(?:(?!偵獲(?:中共|空飄|共))[^。;]){0,400}?消失"
_OUR_FORCES = r"國軍(?:(?!偵獲)[^0-9。;]){0,90}?(?:應處|應變|因應)"


CHINESE = rules(
    issued=rf"(?:發[布稿])?時間:?{chinese_moment('a')}",
    window=rf"[自從由]?{chinese_moment('a')}起?[至到]{chinese_moment('b')}(?:止|為止)?",
    end=rf"(?:迄|截至|至){{1,2}}{chinese_moment('b')}(?:止|為止)?",
    none=r"[未無](?:偵獲|發現|偵測到)(?:任何)?共(?:機|軍機)(?P<ships>、(?:共)?艦)?",
    none_crossed=rf"(?:共機[未無]|[未無]共機)(?:{_LINE}|進入)(?:及|或|、|進入|{_AIRSPACE})*",
    balloon_at=rf"(?:[昨今](?:\({N}\))?[日天])?(?P<times>{_TIMES})(?=偵獲)",
    balloons=(
        rf"(?:中共)?(?:空飄)?氣球(?:計|共)?(?:偵獲)?(?P<each>各)?(?P<n>{N})[枚顆個]"
        rf"(?:,{_PATH})?"
    ),
    balloon_path=rf"(?:首|次|另一|第{N})枚{_PATH}",
    subset=(
        rf"(?:其中)?,?(?:(?P<n1>{N})(?:架次|架|次))?(?:(?P<line>{_LINE})(?:[、,及並]*(?:進入)?(?P<air2>{_AIRSPACE}(?:[、及]{_AIRSPACE})*))?"
        rf"|(?:進入|侵入)(?P<air>{_AIRSPACE}(?:[、及]{_AIRSPACE})*))(?:計|共|達)?(?:(?P<n2>{N})(?:架次|架|次))?"
    ),
    subset_where=rf"於{_AIRSPACE}",
    drones=rf"無人機(?:計|共)?(?P<n>{N})(?:架次|架)",
    aircraft=(
        rf"(?:共機|中共軍機|共軍機)(?:計|共|達)?(?P<n>{N})(?:架次|架|次)",
        rf"(?P<n>{N})(?:架次|架)(?:共機|中共軍機)",
        rf"共(?P<n>{N})(?:架次|架)",
    ),
    naval_ships=(rf"(?:共艦|中共軍艦|共軍艦艇|艦)(?:計|共|達)?(?P<n>{N}){_SHIP_N}", rf"(?P<n>{N}){_SHIP_N}(?:共艦|中共軍艦)"),
    official_ships=(
        rf"(?P<word>公務船|海警船|公務船舶)(?:計|共|達)?(?P<n>{N}){_SHIP_N}",
        rf"(?P<n>{N}){_SHIP_N}(?P<word>公務船|海警船)",
    ),
    said=rf"(?:國防部)?今(?:\((?P<d>{N})\))?[日天](?:上午|下午)?(?:公布|發布|表示|指出|說明)",
    form=(
        rf"中共解放軍臺海周邊海、空域動態(?:\((?:{N})年{N}月{N}日\))?",
        r"國防部(?:新聞稿|另?指出|表示|說明)?",
        r"(?:[一二三四五六七]、|[0-9]\.)?(?:日期(?:Date)?|活動動態(?:PLA ?activities)?|中共空飄氣球(?:活動|(?=:)))",
        r"PLAactivitiesinthewatersandairspacearoundTaiwan",
        r"[一二三四五六七]、",
        r"計?偵獲",
        r"持續",
        r"[於在]臺[海灣]周邊(?:海、?空域|海域|空域)?(?:活動|執行聯合戰備警巡)?",
        r"進行(?:聯合海空行動|海空聯合演習)",
        r"上述(?:期間|時段)",
        r"故?[無未]提供航[跡機]圖",
        _OUR_FORCES,
        r"(?:過去|前)?(?:24|二十四)小時(?:內|以來)?",
        r"今日|昨日|另",
        r"[()、,:;。及與和]",
    ),
)
"""For sentences without white space, made narrow, with slips mended."""

_SECTOR_NAMES = {"中": "central", "西南": "southwest", "東南": "southeast", "西北": "northwest", "東北": "northeast"}
_SECTOR_NAMES |= {"北": "north", "東": "east", "西": "west", "南": "south", "middle": "central"}
_SECTOR_NAMES |= {"n": "north", "s": "south", "e": "east", "w": "west"}
_SECTOR_NAMES |= {"sw": "southwest", "se": "southeast", "ne": "northeast", "nw": "northwest"}
SECTORS = ("north", "central", "southwest", "southeast", "east", "west", "south", "northwest", "northeast")
"""Names of the parts of the identification zone, in the order in which an area lists them."""


def area(words: str) -> str:
    """The sectors that the words name, each once, in the order of `SECTORS`: `north;southwest`. Empty: none."""
    if not re.search("[一-鿿]", words):
        parts = [re.sub("ern$", "", w) for w in re.findall("[a-z]+", words.lower())]
    else:
        parts = re.findall("西南|東南|西北|東北|[北中東西南]", re.sub("空域|防空識別區|ADIZ|部", "", words))
    named = {_SECTOR_NAMES.get(p, p) for p in parts}
    return ";".join(s for s in SECTORS if s in named)


def chinese(sentence: str) -> str:
    """A sentence as `CHINESE` wants it."""
    plain = traditional(squeezed(sentence)).translate(SLIPS)
    return plain.replace("末偵獲", "未偵獲").replace("束部", "東部")
