"""Bytes to tables: how files are opened, recognised and read. One module per form; each is also an entry point."""

from __future__ import annotations

from offing.readers.container import find_files, open_source
from offing.readers.mapping import load_mapping
from offing.readers.sniff import choose, readers

__all__ = ["choose", "find_files", "load_mapping", "open_source", "readers"]
