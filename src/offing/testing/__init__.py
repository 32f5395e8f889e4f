"""Synthetic worlds with known truth, for tests of this package and of plugins. Nothing in offing itself imports it."""
