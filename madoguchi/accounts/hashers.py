"""How passwords are hashed, and how many at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

# Each hash holds 19 MiB and a core: in a login storm the others wait here instead of pushing the machine into swap.
_places = threading.BoundedSemaphore(settings.HASHES_AT_ONCE)
PATIENCE = 5.0  # seconds


class HashingBusy(Exception):
    """No place came free in time; the page asks to try again in a moment."""


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise HashingBusy
    try:
        yield
    finally:
        _places.release()


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id at 19 MiB, two passes, one lane: OWASP's second recommended setting."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1

    def must_update(self, encoded: str) -> bool:
        """Whether it was made with other parameters; every salt here has been as long as it is now."""
        made_with = f"m={self.memory_cost},t={self.time_cost},p={self.parallelism}"
        return not encoded.startswith(f"argon2$argon2id$v=19${made_with}$")

    def encode(self, password: str, salt: str) -> str:
        with _place():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _place():
            return super().verify(password, encoded)
