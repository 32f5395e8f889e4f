"""What is remembered of files is what lies there: anything else is read anew."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from offing.store.remembered import Remembered


def write(path: Path, text: str) -> None:
    """Write a file as if it were a second ago: what is newer is not remembered."""
    path.write_text(text)
    then_ns = time.time_ns() - 10**9
    os.utime(path, ns=(then_ns, then_ns))


def test_a_file_is_read_again_only_when_it_is_another(tmp_path: Path) -> None:
    path, read = tmp_path / "a", []
    remembered: Remembered[str] = Remembered(3)

    def ask() -> str:
        return remembered.get("text", [path], lambda: read.append(1) or path.read_text())

    write(path, "one")
    assert (ask(), ask(), len(read)) == ("one", "one", 1)
    write(path, "longer")
    assert (ask(), len(read)) == ("longer", 2)
    (tmp_path / "b").write_text("others")  # the same length, and the same time: another file took its place
    os.utime(tmp_path / "b", ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    (tmp_path / "b").replace(path)
    assert (ask(), len(read)) == ("others", 3)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        ask()
    path.write_text("back")
    assert ask() == "back"


def test_keys_and_sets_of_files_are_told_apart(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write(a, "a")
    write(b, "b")
    remembered: Remembered[int] = Remembered(10)
    values = [
        remembered.get(k, files, iter([n]).__next__) for n, (k, files) in enumerate([(1, [a]), (2, [a]), (1, [a, b]), (1, [])])
    ]
    assert values == [0, 1, 2, 3]
    assert remembered.get(1, [a, b], lambda: 9) == 2


def test_only_so_many_are_kept() -> None:
    remembered: Remembered[int] = Remembered(2)
    for n in (1, 2, 1, 3):
        remembered.get(n, (), lambda n=n: n)  # type: ignore[misc]
    assert [remembered.get(n, (), lambda: 0) for n in (1, 3)] == [1, 3]
    assert remembered.get(2, (), lambda: 0) == 0


def test_what_changed_just_now_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    remembered: Remembered[str] = Remembered(2)
    assert remembered.get("", [path], lambda: "first") == "first"
    assert remembered.get("", [path], lambda: "second") == "second"
    write(path, "two")
    assert remembered.get("", [path], lambda: "third") == "third"
    assert remembered.get("", [path], lambda: "fourth") == "third"


def test_a_folder_is_another_when_a_name_in_it_comes_or_goes(tmp_path: Path) -> None:
    folder, aside = tmp_path / "folder", tmp_path / "aside"
    folder.mkdir()
    aside.write_text("x")
    remembered: Remembered[list[str]] = Remembered(9)

    def names() -> list[str]:
        time.sleep(0.06)
        return remembered.get("", [folder], lambda: sorted(p.name for p in folder.iterdir()))

    assert names() == names() == []
    aside.replace(folder / "a")
    assert names() == ["a"]
    (tmp_path / "again").write_text("y")
    (tmp_path / "again").replace(folder / "a")  # another file under the same name
    before = remembered._values.copy()
    assert names() == ["a"] and remembered._values != before
    (folder / "a").unlink()
    assert names() == []
