"""Claims from TOML and CSV: see `offing.claims`."""

from offing.claims import (
    Claim,
    Place,
    Table,
    entries,
    parse_toml,
    read_rows,
    read_text,
    read_toml,
    row_claims,
)

__all__ = ["Claim", "Place", "Table", "entries", "parse_toml", "read_rows", "read_text", "read_toml", "row_claims"]
