"""The pages' own tools can be imported."""

from __future__ import annotations

import sys

from doc_pages import ROOT

sys.path.insert(0, str(ROOT / "docs"))
