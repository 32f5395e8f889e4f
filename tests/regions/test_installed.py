"""Which region packs there are."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from offing import regions
from offing.errors import InputError, UnknownName


def test_the_pack_that_ships_with_offing() -> None:
    packs = regions.installed()
    assert (packs["east_asia"] / "pack.toml").is_file()
    assert regions.folder_of("east_asia") == packs["east_asia"]


def test_an_unknown_region_is_named_with_those_that_are() -> None:
    for name in ("east_asiaa", "../regions/east_asia", "", "."):
        with pytest.raises(UnknownName) as caught:
            regions.folder_of(name)
        assert "east_asia" in caught.value.data["known"]  # type: ignore[operator]
        assert "Known are east_asia." in caught.value.hint


def stranger(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setattr(regions, "entry_points", lambda group: [EntryPoint(name, value, group)])


def test_packs_of_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "strange_region").mkdir()
    (tmp_path / "strange_region" / "__init__.py").write_text("PATH = __import__('pathlib').Path('elsewhere')\nNUMBER = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    stranger(monkeypatch, "north", "strange_region")
    assert regions.installed()["north"] == tmp_path / "strange_region"
    assert regions.folder_of("north") == tmp_path / "strange_region"
    stranger(monkeypatch, "north", "strange_region:PATH")
    assert regions.installed()["north"] == Path("elsewhere")
    for name, value in (("north", "strange_region:NUMBER"), ("east_asia", "strange_region")):
        stranger(monkeypatch, name, value)
        with pytest.raises(InputError):
            regions.installed()
    sys.modules.pop("strange_region", None)


def test_the_pack_carries_its_licence() -> None:
    text = (regions.folder_of("east_asia") / "LICENSE.md").read_text(encoding="utf-8")
    assert "ODbL" in text and "OpenStreetMap contributors" in text
