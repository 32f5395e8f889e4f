"""Watch days, presence, streaks, records, coverage."""
