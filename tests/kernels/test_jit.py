"""The cache of compiled kernels: any change in any kernel file gives another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offing.kernels import jit

HELPER = "from offing.kernels.jit import kernel\n\n\n@kernel\ndef answer(x):\n    return x + {}\n"
CALLER = """from offing.kernels.helper import answer
from offing.kernels.jit import kernel


@kernel
def ask(x):
    return answer(x)
"""
ASK = "from offing.kernels.caller import ask; from offing.kernels import jit; print(jit.is_warm(), ask(1), jit.is_warm())"


def test_sources_are_all_kernel_files() -> None:
    names = {p.name for p in jit.kernel_sources()}
    assert {"exact.py", "grid.py", "grid_build.py", "walk.py", "visits.py", "jit.py"} <= names


def test_a_change_in_any_file_changes_the_key(tmp_path: Path) -> None:
    copies = [Path(shutil.copy(p, tmp_path)) for p in jit.kernel_sources()]
    key = jit.cache_key(copies)
    assert key == jit.cache_key(copies) == jit.cache_key(jit.kernel_sources())
    for path in copies:
        before = path.read_bytes()
        path.write_bytes(before + b"\n# a comment\n")
        assert jit.cache_key(copies) != key
        path.write_bytes(before)
    assert jit.cache_key(copies) == key
    renamed = copies[0].rename(tmp_path / "renamed.py")
    assert jit.cache_key([renamed, *copies[1:]]) != key


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package of its own with the same jit.py, one kernel and one helper in another file."""
    kernels = tmp_path / "offing" / "kernels"
    kernels.mkdir(parents=True)
    for folder in (kernels.parent, kernels):
        (folder / "__init__.py").write_text("")
    shutil.copy(jit.__file__, kernels / "jit.py")
    (kernels / "helper.py").write_text(HELPER.format(1))
    (kernels / "caller.py").write_text(CALLER)
    return tmp_path


def ask(house: Path) -> str:
    env = os.environ | {"PYTHONPATH": str(house), "OFFING_CACHE_DIR": str(house / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", ASK], env=env, cwd=house, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_changed_helper_in_another_file_is_seen(house: Path) -> None:
    assert ask(house) == "False 2 True"
    compiled = sorted((house / "cache").rglob("*.nbc"))
    assert ask(house) == "True 2 True"
    assert sorted((house / "cache").rglob("*.nbc")) == compiled
    (house / "offing" / "kernels" / "helper.py").write_text(HELPER.format(10))
    assert ask(house) == "False 11 True"
    assert len(list((house / "cache").iterdir())) == 2


def test_an_unusable_place_does_not_stop_the_work(house: Path) -> None:
    (house / "cache").write_text("a file where the folder should be")
    assert ask(house).split()[1] == "2"
