"""The steps and their order."""
