"""Positions to hulls and tracks."""
