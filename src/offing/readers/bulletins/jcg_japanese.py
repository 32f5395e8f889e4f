"""The words in which the Japanese press carries the Japan Coast Guard's statements on the waters of the Senkaku, as rules."""

from __future__ import annotations

import re

from offing.readers.bulletins.japanese import WIND
from offing.readers.bulletins.numerals import NUMBER as N
from offing.readers.bulletins.sentences import rules

ISLAND = "(?:魚釣島|久場島|大正島|北小島|南小島|沖ノ北岩|沖ノ南岩|飛瀬|西表島|与那国島|石垣島|宮古島)"
_AD = "(?:20[0-9]{2}年|令和(?:元|[0-9]{1,2})年|平成[0-9]{1,2}年)"
_YEAR = rf"(?:今年|ことし|本年|昨年|去年|前年|一昨年|おととし|同年|{_AD})"
_DAY = rf"(?:{_YEAR}(?:の)?)?(?:先月|今月)?(?:[0-9]{{1,2}}月)?[0-9]{{1,2}}日(?:\([月火水木金土日]\))?"
_OURS = r"(?:日本(?:の|籍の)?)?(?:漁船|巡視船|巡視艇)"
_CHINESE = (
    r"(?:中国(?:海警局|当局|政府)?|海警局)(?:に?所属)?(?:の|する)?(?:別の)?(?:公船|船舶|政府船|海警船|船|船「海警」|「海警」)"
    r"|海警船|公船|海警"
)
_ZONE = r"(?P<zone>領海|接続水域)"
_AGAIN = r"(?:相次いで|再び|順次|次々と?|一時|すべて|全て|全船が)*"
_DISTANCE = r"(?:キロ(?:メートル)?|km|㌔)"

_AROUND = re.compile(
    r"(?:日本の)?領海(?:の)?(?:すぐ)?外側(?:にある|に当たる|の|に接する|に)?(?:日本の)?「?接続水域」?|「接続水域」"
)
_ASIDE = re.compile(r"\((?:[^()]{0,60}(?:外側|カイリ|海里|沖縄県|那覇|石垣市|中国名)[^()]{0,60})\)")


def japanese(sentence: str) -> str:
    """A mended sentence as `JAPANESE` wants it: the contiguous zone by one name, asides that explain a place left out."""
    return _AROUND.sub("接続水域", _ASIDE.sub("", sentence))


JAPANESE = rules(
    office=r"第?[0-9]{1,2}管区?(?:海上保安本部|海保|本部)?",
    since=(
        rf"{_AD}(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}日)?(?:に|の)?[^0-9。、]{{0,16}}国有化[^0-9。、]{{0,4}}(?:以降|以来|後)?",
        rf"{_YEAR}?[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?以来(?!{N}日)|{_DAY}(?:夜|朝)?(?:以来(?!、?{N}日)|に続いて|に続き)",
        r"(?:20[0-9]{2}|平成[0-9]{1,2})年以降で?",
    ),
    guns=rf"(?:うち)?(?:{N}隻(?:とも|すべて|全て)?|いずれも|全船)(?:が|は|に|とも)?[^0-9。、]{{0,8}}砲[^0-9。、]{{0,24}}",
    ours=rf"{_OURS}(?:{N}隻)?",
    record=r"(?:これまで|過去|従来)の?(?:最長|最多|記録)(?:だった|の|は)",
    span=rf"(?P<start>{_DAY})(?:から|~)(?P<last>{_DAY})(?:まで|にかけて)の?(?P<n>{N})日(?:間)?(?:連続)?",
    run=(
        rf"(?:(?P<start>{_DAY})(?:から|以降|以来)(?:、)?)?(?:(?P<asof>{_DAY})(?:で|時点で|現在で)(?:、)?)?(?P<n>{N})日(?:間)?連続",
        rf"(?:(?P<start>{_DAY})(?:から|以降|以来)(?:、)?)?連続(?P<n>{N})日(?:間|目)?",
    ),
    asof=rf"\(?(?P<asof>{_DAY})(?:現在|時点|まで)(?:で|に)?\)?",
    nth=rf"(?P<n>{N})日目",
    count=(
        rf"(?:通算|合計|計|年間(?:で|の)?(?:計|通算)?|日数は(?:計)?)(?P<n>{N})日(?!間|午)",
        r"(?P<n>[0-9]{3})日(?!間)",
    ),
    incidents=rf"(?P<n>{N})件(?P<nth>目)?",
    summed=rf"延べ(?P<n>{N})隻",
    ships=rf"(?:{_CHINESE})(?:の)?(?P<n>{N})隻(?:のうち(?P<part>{N})隻)?",
    position=(
        rf"(?P<place>{ISLAND})(?:の|から)?(?P<wind>{WIND})(?:に)?(?:約|およそ)?(?P<km>[0-9]{{1,6}}(?:\.[0-9]+)?)(?:{_DISTANCE})?"
        rf"(?:と(?P<km2>[0-9]{{1,6}}(?:\.[0-9]+)?))?{_DISTANCE}"
    ),
    off=rf"(?P<place>{ISLAND})(?:と(?P<second>{ISLAND}))?(?:の|周辺の?)?沖合?",
    enter=rf"(?:日本の)?{_ZONE}内?に{_AGAIN}(?:侵入し(?=た|ま|、|て)|侵入(?=、|。|$)|入り(?=ま|、)|入っ(?=た)|進入し)",
    leave=rf"{_ZONE}内?(?:から|を|の外に){_AGAIN}(?:出(?=た|ま|、|て)|退去し|離れ(?=た|ま|、))",
    inside=rf"(?:日本の)?{_ZONE}",
    stay=rf"(?P<h>{N})時間(?:(?P<min>{N})分)?に(?:わたっ?て|わたり)",
    same=rf"(?:この|その|もう|別の|ほかの|残る|残りの|うち|新たに|、|で|の){{0,2}}{N}隻(?:ずつ|とも)?",
    day=rf"(?P<asof>{_DAY}|同日|翌日)(?!連続|目|間)",
    year=rf"(?P<year>{_YEAR})(?:に入って|に入り|1年間)?",
    time=r"(?:(?:午前|午後)?[0-9]{1,2}時(?:[0-9]{1,2}分|半)?(?:頃|ごろ|ころ)?|正午(?:頃|ごろ)?)(?P<vague>前(?!後)|すぎ|過ぎ|前後)?(?:現在|時点)?",
    together=rf"(?:合わせて|あわせて|計){N}隻",
)
"""For a sentence as `japanese` gives it. `together` makes a sentence unclear: it does not say in which zone."""

FIGURE_JA = re.compile(
    r"[0-9]|[〇一二三四五六七八九十百千]{1,9}(?:隻|日|件|時間|回|年|[か月ヶカ]月)|数(?:隻|日|件|回|十|百)|複数|多数"
)
"""A figure that no rule took."""

DOUBT_JA = re.compile(r"可能性|模様|恐れ|おそれ|疑い|推定|かどうか|なかった|いない(?!か)|しなければ|ませんでし")
"""Words that turn a statement round, or into a guess."""
