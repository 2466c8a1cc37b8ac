"""Which folders are watched: read from the environment, a group of variables for each. Knows no Django."""

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from madoguchi.lib.environment import Environment, WrongSetting

MAPPED = "mapped"
# Those of formats.FORMATS, which is not read for every start.
FORMATS = ("asterisk", "freeswitch-json", "freeswitch-xml", MAPPED)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder into which a switch, or a program of yours, puts files. ``mapping``: the file that describes them."""

    path: Path
    form: str
    source: str
    zone: str
    mapping: Path | None = None
    language: str = "ja"  # of the reports


def folders(environment: Environment, *, zone: str) -> tuple[Folder, ...]:
    """The folders of ``MADOGUCHI_WATCHED``, in its order; ``zone``: the operator's. Raises WrongSetting by name."""
    return tuple(_folder(environment, key, zone) for key in environment.words("MADOGUCHI_WATCHED", ()))


def _folder(environment: Environment, key: str, zone: str) -> Folder:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,19}", key):
        raise WrongSetting("MADOGUCHI_WATCHED cannot be used: short words of small letters and digits are needed")
    group = f"MADOGUCHI_WATCHED_{key.upper()}"
    form = environment.choice(f"{group}_FORMAT", FORMATS)
    mapping = environment.text(f"{group}_MAPPING", None if form == MAPPED else "", wanted="the path of a file")
    return Folder(
        path=Path(environment.text(f"{group}_FOLDER", wanted="a folder")).resolve(),
        form=form,
        source=environment.text(f"{group}_SOURCE", key)[:40],
        zone=environment.parsed(f"{group}_ZONE", _known_zone, zone, wanted="a time zone"),
        mapping=Path(mapping).resolve() if mapping else None,
        language=environment.choice(f"{group}_LANGUAGE", ("ja", "en"), "ja"),
    )


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError) as error:
        raise ValueError("there is no such zone") from error
