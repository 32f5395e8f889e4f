"""Fixtures of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_partners import MakeWorld, maker


@pytest.fixture
def make(tmp_path: Path) -> MakeWorld:
    """Logbooks that have read and worked out some rows, each in a folder of its own."""
    return maker(tmp_path)
