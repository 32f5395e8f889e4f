"""Kind, parties, issuers and forum from titles; what no rule tells stays empty."""

from __future__ import annotations

import pytest

from offing.readers.statements.naming import issuer_of, naming, parties_of

WHITE_HOUSE, MOFA = "https://www.whitehouse.gov/x", "https://www.mofa.go.jp/x"

TITLES = [
    # title, source, kind, parties, issued_by, forum
    ("Japan-Australia 2+2 Joint Statement", "", "joint_statement", "au jp", "au jp", "au-jp-2plus2"),
    ("Joint Statement of the Security Consultative Committee of Japan and the US", MOFA, "joint_statement", "jp us", "jp us",
     "jp-us-2plus2"),
    ("G7 Foreign Ministers’ Communiqué", "", "joint_statement", "ca de eu fr gb it jp us", "ca de eu fr gb it jp us",
     "g7-foreign-ministers"),
    ("G7 Foreign and Development Ministers' Meeting: Communiqué, London", "", "joint_statement", "ca de eu fr gb it jp us",
     "ca de eu fr gb it jp us", "g7-foreign-ministers"),
    ("Quad Leaders’ Joint Statement", WHITE_HOUSE, "joint_statement", "au in jp us", "au in jp us", "quad-leaders"),
    ("EU-Japan Summit Joint Statement", "", "joint_statement", "eu jp", "eu jp", "eu-jp-leaders"),
    ("G7 Chair's Summary, Kananaskis Leaders", "", "chair_summary", "ca de eu fr gb it jp us", "", "g7-leaders"),
    ("日米首脳共同声明", "", "joint_statement", "jp us", "jp us", "jp-us-leaders"),
    ("日豪首脳会談（概要）", MOFA, "readout", "au jp", "jp", "au-jp-leaders"),
    ("日米韓外相共同声明", "", "joint_statement", "jp kr us", "jp kr us", "jp-kr-us-foreign-ministers"),
    ("美日領袖聯合聲明", "", "joint_statement", "jp us", "jp us", "jp-us-leaders"),
    ("中日韩领导人会议联合声明", "", "joint_statement", "cn jp kr", "cn jp kr", "cn-jp-kr-leaders"),
    ("Readout of President Trump’s Call with Prime Minister Takaichi", WHITE_HOUSE, "readout", "jp us", "us", "jp-us-leaders"),
    ("Readout of Vice President Vance’s Meeting with Prime Minister Modi", WHITE_HOUSE, "readout", "in us", "us", ""),
    ("Readout of the President’s Call with the President of Indonesia", WHITE_HOUSE, "readout", "id us", "us", "id-us-leaders"),
    ("Defense of Japan 2021 (white paper)", "", "white_paper", "jp", "jp", "defense-of-japan"),
    ("令和3年版防衛白書", MOFA, "white_paper", "jp", "jp", "defense-of-japan"),
    ("Taiwan Relations Act", "", "law", "tw", "tw", ""),
    ("反分裂国家法", "https://www.mfa.gov.cn/x", "law", "cn", "cn", ""),
    ("Memorandum of Cooperation between Japan and the Philippines", "", "memorandum", "jp ph", "jp ph", ""),
    ("Interview with the Foreign Minister of Taiwan", "", "interview", "tw", "tw", ""),
    ("Remarks by President Biden on China's Steel", WHITE_HOUSE, "remarks", "us", "us", ""),
    ("Statement by the Spokesperson on Taiwan and Japan", "https://www.state.gov/x", "press_statement", "us", "us", ""),
    ("The Downing Street Accord: UK and Republic of Korea Leaders", "", "joint_statement", "gb kr", "gb kr", "gb-kr-leaders"),
    ("Joint Statement with the Democratic People's Republic of Korea and Vietnam", "", "joint_statement", "kp vn", "kp vn", ""),
    ("Readout of a Meeting with the Republic of China", WHITE_HOUSE, "readout", "tw us", "us", ""),
    ("Notes", "", "", "", "", ""),
    ("", "", "", "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize("row", TITLES, ids=lambda row: row[0])
def test_what_a_title_tells(row: tuple[str, ...]) -> None:
    title, source, kind, parties, issued_by, forum = row
    found = naming(title, source, "")
    assert found.kind == kind
    assert (found.parties, found.issued_by) == (tuple(parties.split()), tuple(issued_by.split()))
    assert found.forum == forum


def test_a_joint_text_may_name_its_level_in_its_first_lines() -> None:
    title = "Joint Statement of Japan, the Republic of Korea, and the United States"
    assert naming(title, "", "We, the leaders of Japan, met.").forum == "jp-kr-us-leaders"
    assert naming(title, "", "We met.").forum == ""
    assert naming("Readout of a Meeting with Japan", WHITE_HOUSE, "The President met.").forum == ""


def test_what_a_header_says_stands_instead() -> None:
    found = naming("Joint Statement of the Leaders", "", "", parties=("Atlantis", "jp"))
    assert found.parties == found.issued_by == ("Atlantis", "jp") and found.forum == "Atlantis-jp-leaders"
    assert naming("Summit", "", "", "joint_statement", ("au", "in", "jp", "us")).forum == "quad-leaders"
    assert naming("A report on Japan and the US", "", "", "white_paper").parties == ()
    assert naming("A report", "", "", "white_paper", ("jp",)).issued_by == ("jp",)


def test_lists_of_parties() -> None:
    assert parties_of("Japan, US") == ("jp", "us") == parties_of("jp; us") == parties_of("日本、米国")
    assert parties_of("Korea and the Philippines") == ("kr", "ph")
    assert len(parties_of("G7")) == 8 and parties_of("") == () and parties_of("Utopia") == ("Utopia",)


def test_issuers_by_address() -> None:
    assert issuer_of("https://bidenwhitehouse.archives.gov/a") == issuer_of("https://www.state.gov/b") == "us"
    assert issuer_of("https://en.mofa.gov.tw/a") == "tw" and issuer_of("https://www.gov.uk/a") == "gb"
    assert (
        issuer_of("a press copy, state.gov")
        == issuer_of("https://state.gov.example.org")
        == issuer_of("http://[x")
        == issuer_of("")
        == ""
    )
