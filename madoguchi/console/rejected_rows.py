"""Rows of a CSV file that were left out, as a CSV file: with their lines and reasons, to be mended and sent again."""

import csv
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import get_language, override

from madoguchi.contracts.imports.rows import ADDED

Sentence = Callable[[str, str], str]  # reason and value in the active language


class Rejected(NamedTuple):
    """As pages list it."""

    line: int
    column: str
    why: str


def rejected_csv(path: Path, *, name: str, sentence: Sentence) -> StreamingHttpResponse:
    """What ``rejected_line`` wrote to ``path``, in the reader's language. Raises ``Http404`` once it is deleted."""
    if not path.is_file():
        raise Http404
    rows = _rows(path, get_language() or "ja", sentence)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(path: Path, language: str, sentence: Sentence) -> Iterator[bytes]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"  # a spreadsheet knows UTF-8 by its mark
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            line, problems, cells = json.loads(text)
            if not line:  # the names of the columns; those we add come once, also in a file that came back
                ours = [place for place, name in enumerate(cells) if name in ADDED]
                writer.writerow([*ADDED, *_others(cells, ours)])
                continue
            with override(language):  # the request is over by now
                said = " ".join(
                    f"{column}: {sentence(reason, value)}" if column else sentence(reason, value)
                    for column, reason, value in problems
                )
            writer.writerow([line, said, *_others(cells, ours)])
            if buffer.tell() > 1 << 16:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue().encode()


def _others(cells: list[str], ours: list[int]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in ours]
