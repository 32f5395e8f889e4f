"""`python -m offing`: the command line."""

from offing.faces.cli.main import run

run()
