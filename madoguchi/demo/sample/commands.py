"""The operator's own commands, as the sample gives them: what the sample's months are, a reader can do again.

Each is written to ``sample-commands.txt`` in ``MADOGUCHI_VAR``, in the order given, as a shell takes it.
"""

import shlex
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def script() -> Path:
    return Path(settings.VAR) / "sample-commands.txt"


def give(name: str, *arguments: object) -> None:
    """Run ``madoguchi NAME ARGUMENTS…``. Raises ``CommandError``."""
    words = [str(argument) for argument in arguments]
    call_command(name, *words, stdout=StringIO())
    with script().open("a", encoding="utf-8") as file:
        file.write(shlex.join(["madoguchi", name, *words]) + "\n")
