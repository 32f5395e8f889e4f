"""Commands are built when they are asked for; what is listed and found is the same."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from offing.faces.cli.commands import Commands, LateGroup
from offing.faces.cli.main import app


def listed() -> typer.Typer:
    own = typer.Typer()

    def late(day: "nowhere_to_be_found") -> None:  # type: ignore[name-defined]  # noqa: F821, UP037
        """Whoever builds this fails: the type of its option is not there."""

    @own.command()
    def by_its_function() -> None:
        """Say a word. And a second sentence."""
        typer.echo("a word")

    @own.command("hidden", hidden=True)
    def unseen() -> None:
        """Not for everybody."""
        typer.echo("unseen")

    @own.command("helped", help="Help by word.", deprecated=True)
    def helped() -> None:
        """Another text."""

    own.command("late")(late)
    group = typer.Typer(help="Of a group.")
    group.command("one")(by_its_function)
    group.command("two")(unseen)
    own.add_typer(group, name="group")
    return own


def top(own: typer.Typer) -> typer.Typer:
    class Group(LateGroup):
        def __init__(self, **attributes: object) -> None:
            super().__init__(**(attributes | {"commands": Commands(own)}))  # type: ignore[arg-type]

    made = typer.Typer(cls=Group, add_completion=False, rich_markup_mode=None)
    made.callback()(lambda: None)
    return made


def test_the_listing_builds_nothing() -> None:
    shown = CliRunner().invoke(top(listed()), ["--help"])
    assert shown.exit_code == 0 and "late" in shown.output
    with pytest.raises(NameError):
        CliRunner().invoke(top(listed()), ["late"], catch_exceptions=False)


def test_the_listing_is_that_of_typer() -> None:
    own = listed()
    own.registered_commands = [c for c in own.registered_commands if c.name != "late"]
    own.callback()(lambda: None)
    eager = typer.main.get_command(own)
    mine = typer.main.get_command(top(own))
    assert list(mine.commands) == list(eager.commands)  # type: ignore[attr-defined]
    texts = [CliRunner().invoke(typed, ["--help"]).output.split("Commands:")[1] for typed in (top(own), plain(own))]
    assert texts[0] == texts[1] and "Say a word" in texts[0] and "hidden" not in texts[0] and "DEPRECATED" in texts[0].upper()


def plain(own: typer.Typer) -> typer.Typer:
    own._add_completion, own.rich_markup_mode = False, None
    return own


def test_what_is_asked_for_runs() -> None:
    runner = CliRunner()
    assert runner.invoke(top(listed()), ["by-its-function"]).output == "a word\n"
    assert runner.invoke(top(listed()), ["group", "two"]).output == "unseen\n"
    assert runner.invoke(top(listed()), ["hidden"]).output == "unseen\n"
    assert runner.invoke(top(listed()), ["nonesuch"]).exit_code == 2


def test_a_mapping_like_any() -> None:
    commands = Commands(listed())
    assert commands["group"] is commands["group"] and "late" in commands and "nonesuch" not in commands
    assert len(commands) == len(list(commands)) == 5
    commands["more"] = commands["group"]
    del commands["late"]
    assert list(commands) == ["by-its-function", "hidden", "helped", "group", "more"]
    with pytest.raises(KeyError):
        del commands["nonesuch"]


def test_every_command_of_offing_can_be_built() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert len(commands) > 30 and all(command.name == name for name, command in commands.items())
