"""The Joint Staff's sentences: who, when, where, whither; what is repeated; what is refused. The texts are made up."""

from __future__ import annotations

from datetime import date

import pytest
from joint_staff_rows import figures, new, parse, restated

from offing.model.units import Unit
from offing.readers.bulletins.joint_staff import OFFICE

HEAD = "令和８年５月２０日\n統合幕僚監部\n（お知らせ）\n中国海軍艦艇の動向について\n\n"
BOTH = HEAD.replace("中国海軍", "中国及びロシア海軍")
SEEN = (
    "令和８年５月１１日（月）午後３時頃、海上自衛隊は、宮古島（沖縄県）の北東約１２０ｋｍの海域において、"
    "同海域を南東進する{}を確認した。"
)
ONE = SEEN.format("中国海軍ルーヤンⅢ級ミサイル駆逐艦（艦番号「１６１」）")
TWO = SEEN.format("中国海軍ルーヤンⅢ級ミサイル駆逐艦１隻（艦番号「１６１」）及びフチ級補給艦１隻（艦番号「８９０」）の計２隻")
MIYAKO = "その後、{}が沖縄本島と宮古島との間の海域を南東進し、太平洋へ向けて航行したことを確認した。"
WATCH = "防衛省・自衛隊は、海上自衛隊第５航空群所属「Ｐ－３Ｃ」（那覇）により、警戒監視・情報収集を行った。"


def told(body: str, head: str = HEAD) -> list[str]:
    parsed = parse(head + body)
    assert parsed.rejects == ()
    return new(parsed)


def refused(body: str, head: str = HEAD) -> list[tuple[str, str]]:
    return [(r.reason, r.sentence) for r in parse(head + body).rejects]


def test_a_ship_is_seen_and_passes_a_strait() -> None:
    parsed = parse(HEAD + ONE + MIYAKO.format("当該艦艇") + WATCH)
    assert parsed.rejects == () and parsed.bulletins == ()
    first, second = parsed.sightings
    assert (first.office, first.ship_class, first.country, first.hulls) == (OFFICE, "ルーヤンⅢ級ミサイル駆逐艦", "cn", ("161",))
    assert (first.source, first.sentence) == ("test", ONE)
    assert (first.start_day, first.end_day, first.restated, first.zone_id) == (date(2026, 5, 11), None, False, "")
    assert new(parsed) == ["2026-05-11 15:00 161 宮古島 NE120 SE", "2026-05-11 - 161 沖縄本島と宮古島との間 - SE =miyako"]
    assert second.lat_deg is None


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("その後、当該艦艇が大隅海峡を東進し、太平洋へ向けて航行したことを確認した。", ["- 161 大隅海峡 - E =osumi"]),
        ("その後、１１日（月）から１２日（火）にかけて、同艦が対馬海峡を通過した。", ["/05-12 - 161 対馬海峡 - - =tsushima"]),
        ("その後、当該艦艇が宮古島と沖縄本島の間を北上した。", ["- 161 宮古島と沖縄本島との間 - N =miyako"]),
        ("その後、津軽海峡へ向け北東進したことを確認した。", ["- 161 - - NE"]),
        ("その後、当該艦艇が大隅海峡の西約９０ｋｍの海域を西進した。", ["- 161 大隅海峡 W90 W"]),
        ("その後、同艦が大隅海峡において漂泊していることを確認した。", ["- 161 大隅海峡 - -"]),
        ("その後、当該艦艇が東シナ海へ向けて航行したことを確認した。", []),
        ("その後、当該艦艇は、伊豆諸島の鳥島（東京都）の南南西約５０海里の海域を北上した。", ["- 161 鳥島 S92.6 N"]),
        ("その後、当該艦艇が鳥島の北及び東の海域を南下した。", ["- 161 鳥島 N S", "- 161 鳥島 E S"]),
        ("その後、当該艦艇が反転後、西進し東シナ海に至ったことを確認した。", ["- 161 - - W"]),
        ("その後、当該艦艇が反転し、同海域を北西進した。", ["- 161 宮古島 NE120 NW"]),
        ("同日午後１１時３０分頃、久米島の西方約２０ｋｍから約４０ｋｍまでの海域を南北に遊弋した。", ["23:30 161 久米島 W -"]),
        ("その後、当該艦艇が鳥島の東約５０ｋｍの海域を航行した後、翌１２日（火）に鳥島の南西の海域で射撃訓練を実施した。",
         ["- 161 鳥島 E50 -", "+1 - 161 鳥島 SW -"]),
    ],
)  # fmt: skip
def test_a_leg(words: str, way: list[str]) -> None:
    days = {"/": "2026-05-11", "+": "2026-05-12 "}
    want = [days.get(w[0], "2026-05-11 ") + w.removeprefix("+1 ") for w in way]
    assert told(ONE + words)[1:] == want


def test_these_are_those_brought_in_since_the_last_leg() -> None:
    other = (
        "また、同日午後６時頃、海上自衛隊は、宮古島の北約９０ｋｍの海域を南進する"
        "中国海軍フチ級補給艦（艦番号「８９０」）を確認した。"
    )
    all_ = MIYAKO.format("これらの艦艇")
    assert told(ONE + other + all_)[-1] == "2026-05-11 - 161,890 沖縄本島と宮古島との間 - SE =miyako"
    each = told(ONE + MIYAKO.format("当該艦艇") + other + MIYAKO.format("当該艦艇"))
    assert each[1::2] == [f"2026-05-11 - {h} 沖縄本島と宮古島との間 - SE =miyako" for h in ("161", "890")]
    joined = "さらに、その後、これら計２隻の艦艇が合流し、鳥島の南約７０ｋｍの海域を東進した。"
    assert told(ONE + MIYAKO.format("当該艦艇") + other + joined)[-1] == "2026-05-11 - 161,890 鳥島 S70 E"


def test_what_the_text_repeats_is_restated() -> None:
    note = (
        "なお、ルーヤンⅢ級ミサイル駆逐艦（艦番号「１６１」）は、４月２９日（水）に対馬海峡を南西進した後、"
        "５月２日（土）から３日（日）にかけて、大隅海峡を東進したものと、"
        "フチ級補給艦（艦番号「８９０」）は、同月２日に宗谷海峡を東進したものと、それぞれ同一である。"
    )
    parsed = parse(HEAD + TWO + note + MIYAKO.format("これらの艦艇"))
    assert parsed.rejects == ()
    assert restated(parsed) == [
        "2026-04-29 - 161 対馬海峡 - SW =tsushima",
        "2026-05-02/05-03 - 161 大隅海峡 - E =osumi",
        "2026-05-02 - 890 宗谷海峡 - E =soya",
    ]
    assert new(parsed)[-1] == "2026-05-11 - 161,890 沖縄本島と宮古島との間 - SE =miyako"
    assert parse(HEAD + ONE + "なお、当該艦艇は、５月３日（日）に公表した艦艇と同一である。").rejects == ()


def test_a_list_goes_on_until_its_last_item() -> None:
    body = (
        "なお、これらの艦艇は、４月２９日（水）から５月９日（土）にかけて、以下のとおり航行したものと同一である。"
        "①２９日（水）、対馬海峡を南西進②２日（土）、鳥島の南の海域を北進後、八丈島の東の海域を北東進"
        "③９日（土）、宗谷海峡を西進"
    )
    parsed = parse(HEAD + TWO + body + WATCH)
    assert parsed.rejects == ()
    assert [row.split(" ", 1)[0] for row in restated(parsed)] == ["2026-04-29", "2026-05-02", "2026-05-02", "2026-05-09"]


def test_an_item_that_is_not_understood_is_refused_alone() -> None:
    body = (
        "なお、これらの艦艇は、以下のとおり航行したものと同一である。"
        "①４月２９日（水）、対馬海峡を南西進②３０日（木）、霧の中で行方不明③５月２日（土）、宗谷海峡を西進"
    )
    parsed = parse(HEAD + TWO + body + WATCH)
    assert [r.sentence for r in parsed.rejects] == ["３０日（木）、霧の中で行方不明"]
    assert [row.split(" ", 1)[0] for row in restated(parsed)] == ["2026-04-29", "2026-05-02"]


def test_two_navies_in_one_group() -> None:
    body = SEEN.format(
        "中国海軍レンハイ級ミサイル駆逐艦（艦番号「１０３」）及びロシア海軍ウダロイⅠ級駆逐艦２隻（艦番号「５４３」及び「５６４」）並びにドゥブナ級補給艦１隻の計４隻"
    )
    parsed = parse(BOTH + body + "その後、ロシア海軍艦艇が大隅海峡を東進した。")
    assert [s.country for s in parsed.sightings] == ["cn", "ru", "ru", "ru", "ru", "ru", "ru"]
    assert new(parsed)[1] == "2026-05-11 - 543,564,ドゥブナ級補給艦 大隅海峡 - E =osumi"


def test_a_submarine_a_coast_guard_ship_and_ships_without_a_number() -> None:
    assert told(
        SEEN.format("ロシア海軍キロ改級潜水艦１隻及びイングル級救難えい船１隻の計２隻") + "なお、当該潜水艦は浮上航行していた。"
    ) == ["2026-05-11 15:00 キロ改級潜水艦,イングル級救難えい船 宮古島 NE120 SE"]
    guard = parse(HEAD + SEEN.format("中国海警船２隻（船番号「２３０３」及び「２３０５」）"))
    assert [(s.hulls, s.ship_class, s.country) for s in guard.sightings] == [
        (("2303",), "海警船", "cn"),
        (("2305",), "海警船", "cn"),
    ]


def test_into_the_territorial_sea_and_out_of_it() -> None:
    body = (
        "令和８年５月１１日（月）午後７時５０分頃、海上自衛隊は、臥蛇島（鹿児島県）西の我が国の接続水域を北東進する中国海軍シュパン級測量艦１隻を確認し、"
        "１２日（火）午前０時１０分頃、当該測量艦が口永良部島（鹿児島県）南西の我が国領海に入域したのを確認しました。"
        "その後、同日午前３時００分頃、当該測量艦が、屋久島（鹿児島県）南の我が国の領海から出域し、南東に向けて航行したことを確認しました。"
        "海上自衛隊第１航空群所属「Ｐ－１」（鹿屋）が、所要の情報収集・警戒監視を行いました。"
    )
    assert told(body) == [
        "2026-05-11 19:50 シュパン級測量艦 臥蛇島 W NE ~contiguous",
        "2026-05-12 00:10 シュパン級測量艦 口永良部島 SW - ~territorial entered",
        "2026-05-12 03:00 シュパン級測量艦 屋久島 S SE ~territorial left",
    ]
    zones = {s.zone_id for s in parse(HEAD + body).sightings}
    assert zones == {"japan-contiguous-zone@jp", "japan-territorial-sea@jp"}


def test_aircraft_are_counted_and_their_passages_are_rows() -> None:
    body = (
        "令和８年５月１１日（月）午前から午後にかけて、中国軍の偵察型無人機（ＷＺ－７）１機及びＨ－６爆撃機２機が東シナ海方面から飛来し、"
        "沖縄本島と宮古島との間を通過して太平洋に至り、先島諸島の南の太平洋上で旋回後、反転し、再び沖縄本島と宮古島との間を通過し、東シナ海に至ったことを確認した。"
        "また、推定ロシア機１機（推定）が、日本海を南進した。"
        "これらに対し、航空自衛隊の南西航空方面隊等の戦闘機を緊急発進させ対応した。"
    )
    parsed = parse(BOTH + body)
    assert parsed.rejects == ()
    assert new(parsed) == [
        "2026-05-11 - 偵察型無人機(WZ-7),爆撃機(H-6) 沖縄本島と宮古島との間 - - =miyako",
        "2026-05-11 - 偵察型無人機(WZ-7),爆撃機(H-6) 先島諸島 S -",
        "2026-05-11 - 航空機(推定) 日本海 - S",
    ]
    assert figures(parsed.bulletins) == ["2026-05-11 2026-05-11 cn_aircraft 3 miyako", "2026-05-11 2026-05-11 ru_aircraft 1 -"]
    assert [(b.unit, b.note) for b in parsed.bulletins] == [
        (Unit.SORTIES, "偵察型無人機(WZ-7) 1; 爆撃機(H-6) 2"),
        (Unit.SORTIES, "航空機(推定) 1"),
    ]


def test_fighters_that_join_twice_may_be_the_same() -> None:
    body = (
        "令和８年５月１１日（月）午後、ロシアの爆撃機（Ｔｕ－９５）×２機が日本海を飛行した。"
        "当該爆撃機が対馬海峡を通過する際に推定中国戦闘機×２機が合流していたほか、当該爆撃機が太平洋に進出する際にも、推定中国戦闘機×４機が合流したことを確認した。"
    )
    parsed = parse(BOTH + body)
    assert parsed.rejects == ()
    assert [(b.metric, b.value, b.flags) for b in parsed.bulletins] == [
        ("ru_aircraft", 2, ()),
        ("cn_aircraft", 6, ("may_count_twice",)),
    ]


CARRIER = (
    "海上自衛隊は、令和８年５月１１日（月）から１２日（火）にかけて、中国海軍クズネツォフ級空母「山東」（艦番号「１７」）を含む"
    "複数の中国海軍艦艇が、以下のとおり太平洋上の海域において航行していることを確認した。"
)
TABLE = (
    "日時 位置 確認された艦艇\n５月１１日（月）午後８時頃 沖ノ鳥島の南南西\n約２４０ｋｍ "
    "クズネツォフ級空母「山東」（１７）\nルーヤンⅢ級ミサイル駆逐艦（１６３、１７３）\n"
    "５月１２日（火）午後８時頃 宮古島の南約２９０ｋｍ "
    "クズネツォフ級空母「山東」（１７）\nフユ級高速戦闘支援艦（９０５）\n※ 確認された艦艇欄の括弧書きは艦番号を示す。"
)


def test_a_table_of_positions() -> None:
    assert told(CARRIER + TABLE) == [
        "2026-05-11 20:00 17,163,173 沖ノ鳥島 S240 -",
        "2026-05-12 20:00 17,905 宮古島 S290 -",
    ]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("また、当該期間に、空母「山東」の艦載戦闘機によるもの約６０回及び艦載ヘリによるもの約７０回、計約１３０回の発着艦を確認した。",
         ["11 12 carrier_fighter_takeoffs_landings 60", "11 12 carrier_helicopter_takeoffs_landings 70",
          "11 12 carrier_takeoffs_landings 130"]),
        ("また、空母「山東」からの艦載機による発着艦を、１１日（月）に約８０回、１２日（火）に約５０回、それぞれ確認した。",
         ["11 11 carrier_takeoffs_landings 80", "12 12 carrier_takeoffs_landings 50"]),
        ("これにより、１０日（日）から１２日（火）までに確認した発着艦の実績は、計約６２０回となった。",
         ["10 12 carrier_takeoffs_landings_to_date 620"]),
        ("また、同日、中国海軍クズネツォフ級空母「山東」の艦載戦闘機及び艦載ヘリの発着艦を確認した。", []),
    ],
)  # fmt: skip
def test_take_offs_and_landings(words: str, rows: list[str]) -> None:
    parsed = parse(HEAD + CARRIER + TABLE + words)
    assert parsed.rejects == ()
    want = [f"2026-05-{a} 2026-05-{b} {metric} {value} hull-17" for a, b, metric, value in map(str.split, rows)]
    assert figures(parsed.bulletins) == want
    assert all((b.unit, b.note, b.flags) == (Unit.TAKEOFFS_LANDINGS, "about", ()) for b in parsed.bulletins)


def test_parts_that_do_not_make_the_total_are_flagged() -> None:
    words = (
        "当該期間に、空母「山東」の艦載戦闘機によるもの約６０回及び艦載ヘリによるもの約７０回、計約３３０回の発着艦を確認した。"
    )
    parsed = parse(HEAD + CARRIER + TABLE + words)
    assert [(b.value, b.flags) for b in parsed.bulletins] == [(n, ("parts_do_not_sum",)) for n in (60, 70, 330)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (SEEN.format("フチ級補給艦２隻（艦番号「１６１」、「１６２」及び「１６３」）"), "it says 2 and names 3"),
        (SEEN.format("フチ級補給艦（艦番号「８９０」）及びドンディアオ級情報収集艦１隻の計３隻"), "it says 3 and names 2"),
        (ONE.replace("（月）", "（火）"), "its day and weekday contradict each other"),
        (ONE.replace("５月１１日（月）", "５月３２日"), "it names a day that is not in the calendar"),
        (ONE.replace("１１日（月）", "２１日（木）"), "its day is after the day of publication"),
        (ONE.replace("を確認した", "とみられる艦影を確認した"), "no rule reads it to its end"),
        ("その後、当該艦艇が大隅海峡を東進した。", "it speaks of crafts that were not named before"),
        ("令和８年５月１１日（月）、中国の爆撃機が対馬海峡を通過した。", "it names aircraft without a number"),
    ],
)  # fmt: skip
def test_what_is_refused(body: str, reason: str) -> None:
    assert refused(body) == [(reason, body)]
    assert parse(HEAD + body).sightings == ()


def test_what_leans_on_a_refused_sentence_is_refused_too() -> None:
    lost = SEEN.format("中国海軍ルーヤンⅢ級ミサイル駆逐艦らしき１隻")
    follows = MIYAKO.format("これらの艦艇")
    assert [s for _, s in refused(lost + follows)] == [lost, follows]
    named = "その後、中国海軍フチ級補給艦（艦番号「８９０」）が大隅海峡を東進した。"
    assert [s for _, s in refused(lost + named)] == [lost, named], "it has no day of its own"
    dated = named.replace("その後、", "また、１２日（火）に、")
    assert [s for _, s in refused(lost + dated)] == [lost]


def test_a_sentence_without_ships_in_between_takes_nothing_away() -> None:
    between = "その目的は定かでない。"
    parsed = parse(HEAD + ONE + between + "その後、１２日（火）に、当該艦艇が大隅海峡を東進した。")
    assert [r.sentence for r in parsed.rejects] == [between]
    assert new(parsed)[-1] == "2026-05-12 - 161 大隅海峡 - E =osumi"


def test_a_text_without_a_heading_takes_the_year_from_the_day_of_publication() -> None:
    body = (
        "１月２日（金）午前３時頃、海上自衛隊は、宮古島の北東約１２０ｋｍの海域を南東進する"
        "中国海軍フチ級補給艦（艦番号「８９０」）を確認した。"
        "なお、当該艦艇は、１２月３０日（火）に宮古海峡を北西進したものと同一である。"
    )
    parsed = parse(body, "2026-01-05")
    assert parsed.rejects == ()
    assert new(parsed) == ["2026-01-02 03:00 890 宮古島 NE120 SE"]
    assert restated(parsed) == ["2025-12-30 - 890 宮古海峡 - NW =miyako"]
    assert [r.reason for r in parse(body).rejects] == [
        "it names no year, and nothing before it does",
        "it leans on a sentence that was not understood",
    ]


def test_captions_make_no_rows_and_no_rejects() -> None:
    ship = "\nルーヤンⅢ級ミサイル駆逐艦（艦番号「１６１」）\n"
    captions = f"{ship}行動概要\n５／１１～５／１２{ship}宮古島\n：既公表：中国海軍艦艇\n"
    foot = "\n統合幕僚監部 報道発表資料\nhttps://www.mod.go.jp/js/\n"
    assert told(ONE + WATCH + foot + captions) == told(ONE)
    assert told(ONE + WATCH + captions) == told(ONE)
    assert told(ONE + foot + captions + "また、１２日（火）に、当該艦艇が大隅海峡を東進した。")[1:] == [
        "2026-05-12 - 161 大隅海峡 - E =osumi"
    ]


def test_rows_of_one_text_have_ids_of_their_own() -> None:
    parsed = parse(HEAD + TWO + MIYAKO.format("これらの艦艇"))
    assert len({s.sighting_id for s in parsed.sightings}) == len(parsed.sightings) == 4
