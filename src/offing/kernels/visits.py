"""Crossings of one track and zone, in order, become visits."""

from __future__ import annotations

import numpy as np

from offing.kernels.jit import kernel
from offing.kernels.walk import CROSSED_IN, CROSSED_OUT, FIRST_SEEN, LAST_SEEN

VISIT = np.dtype(
    [
        ("mmsi", np.int64),
        ("track_ms", np.int64),
        ("track_nth", np.int64),
        ("zone", np.int64),
        ("entry_how", np.int64),
        ("exit_how", np.int64),  # -1 while the hull is inside
        ("entry_ms", np.int64),
        ("exit_ms", np.int64),
        ("inside_ms", np.int64),
        ("positions_n", np.int64),
        ("entry_before_ms", np.int64),
        ("entry_after_ms", np.int64),
        ("exit_before_ms", np.int64),
        ("exit_after_ms", np.int64),
        ("since_ms", np.int64),  # begin of the present stay inside
        ("since_k", np.int64),
        ("entry_lon_deg", np.float64),
        ("entry_lat_deg", np.float64),
        ("exit_lon_deg", np.float64),
        ("exit_lat_deg", np.float64),
    ]
)

KEY = ("mmsi", "track_ms", "track_nth", "zone")


@kernel
def _order(a, b):
    """-1, 0 or 1: how the keys of two records compare."""
    if a["mmsi"] != b["mmsi"]:
        return -1 if a["mmsi"] < b["mmsi"] else 1
    if a["track_ms"] != b["track_ms"]:
        return -1 if a["track_ms"] < b["track_ms"] else 1
    if a["track_nth"] != b["track_nth"]:
        return -1 if a["track_nth"] < b["track_nth"] else 1
    if a["zone"] != b["zone"]:
        return -1 if a["zone"] < b["zone"] else 1
    return 0


@kernel
def _copy(target, source):
    target["mmsi"], target["track_ms"] = source["mmsi"], source["track_ms"]
    target["track_nth"], target["zone"] = source["track_nth"], source["zone"]
    target["entry_how"], target["exit_how"] = source["entry_how"], source["exit_how"]
    target["entry_ms"], target["exit_ms"] = source["entry_ms"], source["exit_ms"]
    target["inside_ms"], target["positions_n"] = source["inside_ms"], source["positions_n"]
    target["entry_before_ms"], target["entry_after_ms"] = source["entry_before_ms"], source["entry_after_ms"]
    target["exit_before_ms"], target["exit_after_ms"] = source["exit_before_ms"], source["exit_after_ms"]
    target["since_ms"], target["since_k"] = source["since_ms"], source["since_k"]
    target["entry_lon_deg"], target["entry_lat_deg"] = source["entry_lon_deg"], source["entry_lat_deg"]
    target["exit_lon_deg"], target["exit_lat_deg"] = source["exit_lon_deg"], source["exit_lat_deg"]


@kernel
def fold_visits(open_visits, crossings, rejoin_ms, past_ms, finished, still_open):
    """Advance visits by crossings; both inputs are sorted by KEY, crossings of one key in their own order.

    A stay that begins at most `rejoin_ms` after the last one ended (by crossings) continues the same visit; 0 is off.
    Visits that can no longer change go to `finished`: the hull was last seen inside, or it left and the time for coming
    back is before `past_ms`. The others go to `still_open`, sorted. Both must have room for all.
    Returns (finished, still open).
    """
    done, kept = 0, 0
    i, j = 0, 0
    scratch = np.zeros(1, VISIT)
    v = scratch[0]
    while i < open_visits.size or j < crossings.size:
        have = False
        if i < open_visits.size and (j >= crossings.size or _order(open_visits[i], crossings[j]) <= 0):
            _copy(v, open_visits[i])
            i += 1
            have = True
        if not have:
            c = crossings[j]
            v["mmsi"], v["track_ms"], v["track_nth"], v["zone"] = c["mmsi"], c["track_ms"], c["track_nth"], c["zone"]
        while j < crossings.size and _order(v, crossings[j]) == 0:
            c = crossings[j]
            j += 1
            if c["how"] == FIRST_SEEN or c["how"] == CROSSED_IN:
                again = have and c["how"] == CROSSED_IN and v["exit_how"] == CROSSED_OUT
                if not (again and rejoin_ms > 0 and c["t_ms"] - v["exit_ms"] <= rejoin_ms):
                    if have:
                        _copy(finished[done], v)
                        done += 1
                    v["entry_how"], v["entry_ms"], v["inside_ms"], v["positions_n"] = c["how"], c["t_ms"], 0, 0
                    v["entry_before_ms"], v["entry_after_ms"] = c["before_ms"], c["after_ms"]
                    v["entry_lon_deg"], v["entry_lat_deg"] = c["lon_deg"], c["lat_deg"]
                    have = True
                v["exit_how"], v["since_ms"], v["since_k"] = -1, c["t_ms"], c["k"]
            else:
                v["exit_how"], v["exit_ms"] = c["how"], c["t_ms"]
                v["inside_ms"] += c["t_ms"] - v["since_ms"]
                v["positions_n"] += c["k"] - v["since_k"]
                v["exit_before_ms"], v["exit_after_ms"] = c["before_ms"], c["after_ms"]
                v["exit_lon_deg"], v["exit_lat_deg"] = c["lon_deg"], c["lat_deg"]
                if c["how"] == LAST_SEEN:
                    _copy(finished[done], v)
                    done += 1
                    have = False
        if have:
            if v["exit_how"] == CROSSED_OUT and (rejoin_ms == 0 or v["exit_ms"] + rejoin_ms < past_ms):
                _copy(finished[done], v)
                done += 1
            else:
                _copy(still_open[kept], v)
                kept += 1
    return done, kept
