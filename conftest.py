"""Set-up of every test: the embedded database, and no network but loopback."""

import ipaddress
import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

# Before Django reads its settings.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
_folder = Path(os.environ.get("MADOGUCHI_TEST_VAR") or Path(tempfile.gettempdir()) / f"madoguchi-test-{os.getuid()}")
os.environ.setdefault("MADOGUCHI_VAR", str(_folder))
if not os.environ.get("DATABASE_URL"):
    from madoguchi.demo import embedded

    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgresql", durable=False)


class NetworkTouched(Exception):
    """A test spoke to something beyond this machine."""


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Any:
    """No test leaves the machine: a connection to anything but loopback is an error that says where to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise NetworkTouched(f"connection to {host}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
