"""Ports of this machine for servers that somebody else starts in a moment: the demo's parts, the peers of tests."""

import itertools
import os
import socket

# Below those the kernel gives to outgoing connections (32768 and up), which would take a port that was only looked at.
_RANGE = range(10_000, 32_000)
_tries = itertools.count()


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on. No process is told one twice, and each begins to look elsewhere."""
    for attempt in itertools.islice(_tries, len(_RANGE)):
        port = _RANGE[(os.getpid() * 61 + attempt) % len(_RANGE)]
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port on {host}")
