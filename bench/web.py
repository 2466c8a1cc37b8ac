"""The web server as an installation runs it, and browsers that cost next to nothing."""

import contextlib
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench import stage

HOST = "127.0.0.1"
# A secret of the right length serves as cookie and as field: what Django compares is that they agree.
_CSRF = "a" * 32


@contextlib.contextmanager
def server(*, workers: int, threads: int = 8) -> Iterator[int]:
    """granian with the flags of ``deploy/madoguchi-web.service``, on a free port, which is given."""
    with socket.create_server((HOST, 0)) as probe:
        port = int(probe.getsockname()[1])
    granian = (sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port))
    environment = {**os.environ, "PORT": str(port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (
        open(os.devnull, "wb") as nowhere,
        stage.process(
            *(*granian, "--workers", str(workers), "--blocking-threads", str(threads), "madoguchi.wsgi:application"),
            env=environment,
            stdout=nowhere,
            stderr=nowhere,
        ),
    ):
        _wait(port)
        yield port


def _wait(port: int) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if Browser(port).get("/readyz").status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the web server does not answer")


def cpu_seconds(*names: str) -> dict[int, float]:
    """What each process that now runs has computed so far whose command line contains one of ``names``, by its number;
    none where the system does not say.
    """
    ticks = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if any(name in command for name in names):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return ticks


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: bytes


@dataclass
class Browser:
    """One kept connection and one jar of cookies; no more of HTTP/1.1 than the pages need."""

    port: int
    source: str = HOST  # as a proxy of ours would say it
    cookies: dict[str, str] = field(default_factory=lambda: {"csrf": _CSRF})
    _socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        return self._ask(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n{self._jar()}\r\n".encode())

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        body = urlencode({**form, "csrfmiddlewaretoken": self.cookies["csrf"]})
        return self._ask(
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n{self._jar()}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _jar(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return f"X-Forwarded-For: {self.source}\r\nCookie: {cookies}\r\n"

    def _ask(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), timeout=60)
        self._socket.sendall(request)
        head, body = b"", b""
        while b"\r\n\r\n" not in head:
            head += self._more()
        head, _, body = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = int(dict(headers).get("content-length", "0"))
        while len(body) < length:
            body += self._more()
        for name, value in headers:
            if name == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        return Answer(int(first.split()[1]), dict(headers).get("location", ""), body)

    def _more(self) -> bytes:
        assert self._socket is not None  # noqa: S101 - opened by whoever asks
        if not (received := self._socket.recv(65536)):
            raise OSError("the server closed the connection")
        return received
