"""A process killed at any moment of a reading leaves a logbook that opens, shows no half file, and completes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import offing

KILLS = 200


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at its threads in /proc before it forks")
def test_kills_at_every_step_and_at_random_moments_leave_no_half_file(tmp_path: Path) -> None:
    """A process of its own does the killing, so that the threads of this one do not matter; kill_zygote.py says how."""
    script = Path(__file__).with_name("kill_zygote.py")
    path = os.pathsep.join([str(Path(offing.__file__).parents[1]), *(p for p in sys.path if p)])
    memory = Path("/dev/shm")  # a kill loses nothing that was written, on a disk or not; only the test is quicker
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        done = subprocess.run(
            [sys.executable, str(script), folder, str(KILLS), "7"],
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["points"] >= 10, told  # three parts and a ledger line: each written, synced, renamed
    assert told["at_points"]["with_orphan_parts"] >= 3, told
    assert told["killed"] == KILLS, told
    assert told["with_leftovers"] >= 20, told
