"""The commands of the top level, each built only when it is asked for: to build all takes longer than all else of `--help`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, MutableMapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_command_name, get_group_from_info, solve_typer_info_defaults
from typer.models import CommandInfo, TyperInfo

_HELP_ONLY = ("help", "short_help", "hidden", "deprecated")
"""All that a listing of commands says of one of them."""


class Commands(MutableMapping[str, Any]):
    """Names to commands and groups, as they were added to a `Typer` that serves only as their list."""

    def __init__(self, listed: typer.Typer) -> None:
        """`listed` is asked at once: what is added to it later is not seen."""
        self._infos: dict[str, CommandInfo | TyperInfo] = {}
        self._built: dict[str, Any] = {}
        for command in listed.registered_commands:
            if command.callback is not None:
                self._infos[command.name or get_command_name(command.callback.__name__)] = command
        for group in listed.registered_groups:
            self._infos[solve_typer_info_defaults(group).name or ""] = group

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            info = self._infos[name]
            if isinstance(info, CommandInfo):
                self._built[name] = get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)
            else:
                self._built[name] = get_group_from_info(
                    info, pretty_exceptions_short=True, rich_markup_mode=None, suggest_commands=True
                )
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        found = self._infos.pop(name, None), self._built.pop(name, None)
        if found == (None, None):
            raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._infos, **self._built})

    def __len__(self) -> int:
        return len(self._infos.keys() | self._built.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._infos or name in self._built

    def briefly(self) -> dict[str, Any]:
        """Stand-ins that say in a listing what the commands would say, without their parameters."""
        return {name: self._brief(name) for name in self}

    def _brief(self, name: str) -> Any:
        if name in self._built:
            return self._built[name]
        info = self._infos[name]
        if isinstance(info, TyperInfo):
            info = solve_typer_info_defaults(info)
        said = {key: getattr(info, key) for key in _HELP_ONLY}
        if isinstance(info, CommandInfo) and info.help is None:
            said["help"] = inspect.getdoc(info.callback)
        return TyperCommand(name, **said)


class LateGroup(TyperGroup):
    """A group over `Commands`. Its listing builds none of them."""

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """List all commands with the first sentence of their help."""
        commands = self.commands
        brief = commands.briefly() if isinstance(commands, Commands) else dict(commands)
        TyperGroup(name=self.name, commands=brief).format_commands(ctx, formatter)
