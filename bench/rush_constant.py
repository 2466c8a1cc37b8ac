"""What ``bench.rush`` compares the application server with: the bytes of one compressed page, and nothing else."""

import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

_PAGE = Path(os.environ["BENCH_PAGE"]).read_bytes()
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(_PAGE))),
]


def application(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", _HEADERS)
    return [_PAGE]
