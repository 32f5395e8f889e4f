"""The doors: parse, call the logbook, format. No decisions."""
