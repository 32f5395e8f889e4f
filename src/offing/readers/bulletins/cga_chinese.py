"""The words in which Taiwan's Coast Guard Administration and the press say who came where, in Chinese, as rules."""

from __future__ import annotations

import re

from offing.readers.bulletins.japanese import WIND
from offing.readers.bulletins.moments import chinese_clock, chinese_day
from offing.readers.bulletins.numerals import NUMBER as N
from offing.readers.bulletins.sentences import rules

ISLANDS = {
    "金門": "kinmen",
    "馬祖": "matsu",
    "東引": "dongyin",
    "烏坵": "wuqiu",
    "莒光": "juguang",
    "亮島": "liangdao",
    "東碇": "dongding",
    "東沙": "pratas",
}
"""From an island or group to the first part of the ids of the waters round it."""

_ISLE = f"(?:{'|'.join(ISLANDS)})"
_NUMBER = r"[「『\"“]?(?:CCG-?)?[0-9]{4,5}(?![0-9]|[時點年])[」』\"”]?"
_HULLS = rf"(?P<hulls>{_NUMBER}(?:[、,及與和]{{1,2}}{_NUMBER})*)"
_OF_CHINA = r"(?:中國|大陸|中共|陸方)?海警(?:局)?(?:船艇|船隻|船|艦)?"
_OWNER = r"(?:我國|我方|我|臺灣)?"
_KIND = r"(?P<kind>禁止(?:、|及|與)?限制|禁、?限制|限制(?:、|及|與)禁止|禁止|限制)"
_WATERS = rf"{_OWNER}(?P<island>{_ISLE})?(?:縣|地區|本島)?{_OWNER}(?:的|之)?(?:{_KIND})?(?:水域|海域)(?:線)?"
_SET_OUT = (
    rf"(?:(?P<from_year>去年|今年|[0-9]{{4}}年)?(?P<from>{N})月(?:至|到)(?P<to_year>去年|今年|[0-9]{{4}}年)?(?P<to>{N})月)"
)

CHINESE = rules(
    ours=(
        rf"(?:{N}艘)?(?:預置)?的?(?:{N}艘)?(?:巡防艇|巡防艦|艦艇)(?:{N}艘)?"
        r"(?:(?:編號)?[「『]?(?:[A-Z]{2}-?)?[0-9]{4,5}[」』]?[、,及與和]?)*",
        r"(?:[A-Z]{2}-?[0-9]{3,5}(?:艇|艦)?[、,及與和]?)+",
        rf"第(?:{N})(?:\([^)]*\))?(?:巡防區|岸巡隊|海巡隊|巡防區指揮部)|1[0-9]{{2}}專線",
    ),
    weather=rf"(?:平均)?(?:風力|陣風|最大陣風)(?:達|約)?(?:{N})(?:至(?:{N}))?級|浪高(?:達|約)?[0-9.]+(?:至[0-9.]+)?公尺",
    order=rf"(?:採|以)?(?:兩兩[^,。、]{{0,3}}組|(?:{N})組(?=分|相)|一路縱隊|「?(?:一對一|1對1)」?)|分(?:{N})處|兩岸",
    months=_SET_OUT,
    average=rf"平均每月(?:{N}|[0-9.]+)(?:點(?:{N}))?(?:航次|艘次|次)|每次(?:約)?(?:{N})小時|月均[^,。]{{0,40}}",
    time=rf"{chinese_clock('t')}(?P<about>許|左右)?(?P<vague>多|前|過後)?",
    year=r"(?:今年|本年)(?:以來|迄今|度)?",
    day=chinese_day("t"),
    unlike=rf"第(?:{N})艘",
    hulls=(
        rf"{_OF_CHINA}(?:編號|舷號)?(?:為)?{_HULLS}(?:號)?(?:等)?(?:(?P<n>{N})艘)?(?:{_OF_CHINA}|船隻|船|艦)?",
        rf"(?:(?P<n>{N})艘{_OF_CHINA}|{_OF_CHINA}(?P<n2>{N})艘)[,(]{{0,2}}(?:編號|舷號|分別為)*:?{_HULLS}(?:號)?\)?",
    ),
    voyages=rf"(?:共|計|達)?(?P<n>{N})航次(?:航?經(?:過)?{_WATERS})?",
    entries=rf"(?:共|計|達)?(?P<n>{N})艘次(?:航?經(?:過)?{_WATERS})?",
    nth=rf"第(?P<n>{N})(?:次|起)",
    coast_guard_ships=rf"(?P<n>{N})艘(?:船)?(?:{_OF_CHINA})|(?:{_OF_CHINA})(?P<n2>{N})艘|(?:等|同樣|相同的?)(?P<n3>{N})艘(?:船隻|船)?",
    other_official_ships=rf"(?P<n>{N})艘(?:其他|大陸|中國)?(?:的)?公務船|(?:其他)?公務船(?P<n2>{N})艘",
    fishing_ships=rf"(?P<n>{N})艘(?:大陸|中國)?(?:籍)?漁船|漁船(?P<n2>{N})艘",
    outside=rf"{_WATERS}(?:線)?(?:以)?(?:外|邊緣)",
    place=(
        rf"(?:距(?:離)?|在|於|位於)?(?P<place>[一-鿿]{{2,4}}?)(?P<wind>{WIND})(?:方|側|面)?(?:海面|外海)?(?:約)?(?P<nm>[0-9]{{1,6}}(?:\.[0-9]+)?)"
        r"(?P<to>(?:至|到|~)[0-9.]+)?(?:海浬|海里|浬)"
    ),
    side=rf"(?:自|從|由)(?P<place>[一-鿿]{{2,6}}?)(?P<wind>{WIND})(?:方|側|面|邊)(?:及(?P<second>[一-鿿]{{2,6}}?)(?:{WIND})(?:方|側|面|邊))?",
    enter=rf"(?:(?:航行|行駛|航|駛|闖|進|侵|越)(?:進)?入(?:了)?|擅闖|跨越|侵擾){_WATERS}",
    leave=(rf"(?:(?:航|駛|退)(?:出|離)(?:了)?|離開){_WATERS}", r"(?:轉向)?(?:駛離|航離|離去)(?=[。,]|$)"),
    waters=_WATERS,
)
"""For a sentence without white space, made narrow, in traditional characters."""

FIGURE = re.compile(
    r"[0-9]|[〇零一二三四五六七八九十百千兩]{1,9}(?:艘|航次|艘次|次|起|日|時|分|浬|海里|小時|天)|[數多]艘|多次|數次"
)
"""A figure that no rule took."""

DOUBT = re.compile(r"可能|疑似|據傳|研判|有意|企圖|意圖|預計|若|倘|是否|並未|沒有|未進入|未航入|未駛入|不得|避免")
"""Words that turn a statement round, or into a guess."""
