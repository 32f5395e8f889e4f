"""What happens to hulls in zones: one file per kind, one parameters class each."""
