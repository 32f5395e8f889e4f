"""Region packs: data only, each claim with its source. A folder of this package is a pack; others come in by entry point.

A package from outside registers its own under the group `offing.regions`:

    [project.entry-points."offing.regions"]
    my_region = "my_package.my_region"      # a package whose folder is the pack
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from offing.errors import InputError, UnknownName

GROUP = "offing.regions"


def installed() -> dict[str, Path]:
    """Every pack by name, with its folder: those that ship with offing, then those of other packages."""
    packs = {p.parent.name: p.parent for p in sorted(Path(__file__).parent.glob("*/pack.toml"))}
    for point in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        if point.name in packs:
            raise InputError(f"Two region packs are called {point.name!r}.", f"Uninstall one; the second is {point.value}.")
        try:
            target = point.load()
        except Exception as error:
            raise InputError(
                f"The region pack {point.name!r} ({point.value}) cannot be loaded: {error}.", "Update or uninstall its package."
            ) from None
        packs[point.name] = _folder(point.name, point.value, target)
    return packs


def folder_of(name: str) -> Path:
    """The folder of one pack by name; raises `UnknownName`. Looks outside offing only if it is not one of offing's own."""
    own = Path(__file__).parent / name
    if name.isidentifier() and (own / "pack.toml").is_file():
        return own
    packs = installed()
    if name not in packs:
        raise UnknownName.of("region", name, packs)
    return packs[name]


def _folder(name: str, value: str, target: object) -> Path:
    if isinstance(target, Path):
        return target
    if isinstance(target, ModuleType) and target.__spec__ and target.__spec__.submodule_search_locations:
        return Path(next(iter(target.__spec__.submodule_search_locations)))
    raise InputError(f"The region pack {name!r} ({value}) is neither a package nor a path.", "Tell its author.")
