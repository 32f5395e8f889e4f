"""Arrays in, arrays out, compiled by numba. Knows no vessel."""
