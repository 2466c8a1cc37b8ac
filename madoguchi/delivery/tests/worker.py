"""The real worker in a process of its own, with the tests' renderer: ``python -m madoguchi.delivery.tests.worker``."""

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode


def start(*, folder: Path, relay: str, database: dict[str, Any], connections: int = 4) -> subprocess.Popen[bytes]:
    """Begin a worker that keeps its journal under ``folder`` and sends to ``relay``."""
    host = urlencode({"host": database["HOST"]})
    account = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{account}@:{database['PORT'] or 5432}/{database['NAME']}?{host}",
        "MADOGUCHI_VAR": str(folder),
        "MADOGUCHI_SMTP_URL": relay,
        "MADOGUCHI_SMTP_CONNECTIONS": str(connections),
    }
    command = [sys.executable, "-m", "madoguchi.delivery.tests.worker", "--only", "mail"]
    return subprocess.Popen(command, env=environment)  # noqa: S603 - ourselves


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    from madoguchi.delivery import renderers
    from madoguchi.delivery.engine.options import Options
    from madoguchi.delivery.management.commands import worker
    from madoguchi.delivery.tests.conftest import notice

    renderers.register("test.notice", notice)
    # Letters that are being claimed at the kill wait for its end.
    worker.Options = functools.partial(Options, lease=12.0)  # type: ignore[assignment, attr-defined]
    call_command("worker", *sys.argv[1:])


if __name__ == "__main__":
    main()
