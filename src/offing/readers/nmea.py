"""NMEA 0183 logs with AIS sentences. What is read, where times come from and how rows are counted: docs/reference/nmea.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from offing.kernels import nmea_codes as c
from offing.model.reading import AS_IS, ReadBatch, Reader, ReadOptions, Source
from offing.readers.nmea_frames import batch
from offing.readers.nmea_lines import Decoder

_AIS = re.compile(rb"[!$][A-Z0-9]{2}VD[MO],[1-9],[1-9],\d{0,2},[^,]{0,2},[0-W`-w]*,")
_OTHER = re.compile(rb"[!$][A-Z]{2}[A-Z0-9]{3}(?:,[^,*]*)+\*[0-9A-Fa-f]{2}$")
_SNIFFED_LINES = 2_000


class NmeaReader:
    """The form `nmea`: bare sentences, tag blocks, and logs with a time before or after each sentence."""

    name = "nmea"
    version = 1

    def sniff(self, head: bytes) -> float:
        """How surely the first bytes are a log of sentences, from the share of lines that hold one."""
        lines = head.split(b"\n", _SNIFFED_LINES)
        if len(lines) > 1:
            lines = lines[:-1]  # it may be cut
        lines = [line for line in (raw.strip() for raw in lines) if line and not line.startswith((b"#", b"//"))]
        told = [line for line in lines if not line.startswith((b"{", b'"', b"[{"))]  # sentences inside JSON or quotes
        ais = sum(_AIS.search(line) is not None for line in told)
        sentences = ais + sum(_OTHER.match(line) is not None for line in told if not _AIS.search(line))
        share = sentences / len(lines) if lines else 0.0
        if ais:
            return 0.95 if share >= 0.5 else 0.6 if share >= 0.1 else 0.2
        return 0.7 if share >= 0.5 else 0.0

    def read(self, source: Source, options: ReadOptions) -> Iterator[ReadBatch]:
        """All lines of the file, a batch for each chunk of about 8 MiB.

        A line whose message goes on in a later chunk is counted in that chunk's batch.
        """
        with source.open() as stream:
            for done in Decoder(options.base_time_ms).chunks(stream):
                yield batch(done)

    def raw(self, source: Source, rows: Iterable[int], options: ReadOptions = AS_IS) -> dict[int, tuple[int, str]]:
        """For each row its line number, which is the row, and its text with that of its message's further lines."""
        wanted = set(rows)
        found: dict[int, tuple[int, str]] = {}
        if not wanted:
            return found
        with source.open() as stream:
            for done in Decoder().chunks(stream):
                here = np.flatnonzero(np.isin(done.rows, list(wanted)) & (done.lines["outcome"] != c.CARRIED))
                for i in here.tolist():
                    parts = [i, *np.flatnonzero(done.first_of == i).tolist()]
                    row = int(done.rows[i])
                    found[row] = row, "\n".join(done.text(k) for k in parts)
                if len(found) == len(wanted):
                    break
        return found


READER: Reader = NmeaReader()
