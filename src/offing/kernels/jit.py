"""How kernels are compiled and cached.

numba's own cache looks only at the file that holds a function, so a change in a helper of another file would go unseen.
Here the cache lies in a folder of the user's, named by the hash of all kernel files, the version of numba and the
processor: any change gives a new folder. `OFFING_CACHE_DIR` overrides the place.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

import llvmlite.binding
import numba
from numba.core import config

F = TypeVar("F", bound=Callable[..., object])


def kernel_sources() -> list[Path]:
    """All files whose content decides the compiled code."""
    return sorted(Path(__file__).parent.glob("*.py"))


def cache_key(sources: list[Path]) -> str:
    """Sixteen hex digits over the given files, numba's version, Python's and the processor."""
    h = hashlib.sha256()
    for path in sources:
        h.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    h.update(f"{numba.__version__} {sys.version} {llvmlite.binding.get_host_cpu_name()}".encode())
    h.update(llvmlite.binding.get_host_cpu_features().flatten().encode())
    return h.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """The folder of compiled kernels for this code, numba and processor; made if it is not there."""
    given = os.environ.get("OFFING_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    temporary = Path(tempfile.gettempdir()) / f"offing-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    for base in [Path(given)] if given else [Path(home) / "offing", temporary]:
        folder = base / f"kernels-{cache_key(kernel_sources())}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="offing-kernels-"))


def kernel(fn: F) -> F:
    """Compile at the first call, without the interpreter's lock, and keep the machine code in `cache_folder`."""
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(fn))
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


def is_warm() -> bool:
    """Whether kernels were compiled here before."""
    return any(cache_folder().rglob("*.nbc"))
