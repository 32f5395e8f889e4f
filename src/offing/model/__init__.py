"""The vocabulary: tables, zones, fleets, days, units, parameters, ids. No I/O."""
