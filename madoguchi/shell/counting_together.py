"""Lets all processes that one application server started count into one folder, so that any of them can tell all.

Before anything imports ``prometheus_client``, which looks for the folder when it is imported.
"""

import os
import shutil
from pathlib import Path


def count_together(folder: Path) -> None:
    """Use the part of ``folder`` that belongs to this process' parent, and remove those of parents that are gone.

    Where nothing can be written, each process counts for itself.
    """
    mine = folder / _name(os.getppid())
    try:
        mine.mkdir(parents=True, exist_ok=True)
        for other in folder.glob("server-*"):
            if other.name != _name(int(other.name.split("-")[1])):
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(mine)


def _name(process: int) -> str:
    """Of a process, with the moment it began: numbers of processes come again."""
    try:
        # After the name in parentheses, which may hold anything; the 22nd field is the beginning (proc(5)).
        began = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        began = "0"
    return f"server-{process}-{began}"
