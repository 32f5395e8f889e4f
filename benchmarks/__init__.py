"""Benchmarks: `python -m benchmarks` (or `make bench`) runs every stage several times and prints one table."""
