"""PDF read back by Poppler, a program that had no part in making it (``tests/install-peers``)."""

import shutil
import subprocess


def read(document: bytes, *command: str) -> str:
    """What ``command``, one of Poppler's, says of a document; it finds nothing wrong with it."""
    assert shutil.which(command[0]), f"{command[0]} is missing: run tests/install-peers"
    done = subprocess.run([*command], input=document, capture_output=True, check=True)  # noqa: S603 - Poppler
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout.decode()


def text_of(document: bytes) -> str:
    """The text, a form feed after each page, columns side by side as they stand."""
    return read(document, "pdftotext", "-layout", "-", "-")
