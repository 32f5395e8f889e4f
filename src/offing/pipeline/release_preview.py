"""What a partner would get, as one table, and what stays."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Preview:
    """What a recipient would get now, as frames by kind (`id`, the columns of `model.wire.WIRE`, `rule`), and what stays."""

    frames: dict[str, pl.DataFrame]
    withheld: dict[tuple[str, str], int]  # (rule, reason) -> rows; for the owner's eyes

    def table(self) -> pl.DataFrame:
        """All records: kind, id, rule, and the columns of every kind that is there; an incident's own is `incident_kind`."""
        empty = pl.DataFrame(schema={"kind": pl.String, "id": pl.String, "rule": pl.Int32})
        frames = [
            f.rename({"kind": "incident_kind"}, strict=False).select(
                pl.lit(kind).alias("kind"), "id", "rule", pl.exclude("id", "rule")
            )
            for kind, f in self.frames.items()
        ]
        return pl.concat([empty, *frames], how="diagonal_relaxed")
