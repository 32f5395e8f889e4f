"""Makes `store_rows` importable, and gives a fresh logbook."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from offing.store import Store

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "logbook", "east_asia")
