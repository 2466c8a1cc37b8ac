"""How passwords are hashed, and how many at a time."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from nacl import pwhash
from nacl.exceptions import InvalidkeyError

_T = TypeVar("_T")

# Each hash holds 19 MiB and a core: in a login storm the others wait here instead of pushing the machine into swap.
# The places are threads of their own, because memory argon2-cffi once used stays with the thread that used it: so the
# process keeps as many times 19 MiB as there are places, not as there are threads that serve requests.
_places = ThreadPoolExecutor(settings.HASHES_AT_ONCE, thread_name_prefix="hash")
PATIENCE = 5.0  # seconds


class HashingBusy(Exception):
    """No place came free in time; the page asks to try again in a moment."""


def _at_a_place(act: Callable[[str, str], _T], first: str, second: str) -> _T:
    asked = _places.submit(act, first, second)
    try:
        return asked.result(PATIENCE)
    except TimeoutError:
        if asked.cancel():
            raise HashingBusy from None
        return asked.result()  # begun already


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id at 19 MiB, two passes, one lane: OWASP's second recommended setting."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1

    def must_update(self, encoded: str) -> bool:
        """Whether it was made with other parameters; every salt here has been as long as it is now."""
        return not encoded.startswith(self._beginning())

    def encode(self, password: str, salt: str) -> str:
        return _at_a_place(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _at_a_place(_is_of, password, encoded)

    def of_nobody(self) -> str:
        """What reads as a hash of ours and is of no password: made up, not computed."""
        salt, computed = (b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (22, 32))
        return f"{self._beginning()}{salt}${computed}"

    def _beginning(self) -> str:
        return f"argon2$argon2id$v=19$m={self.memory_cost},t={self.time_cost},p={self.parallelism}$"


def _is_of(password: str, encoded: str) -> bool:
    """By libsodium, which computes the same as argon2-cffi with the widest instructions the processor has: with AVX-512
    in half the time. A new hash is argon2-cffi's: libsodium wants salts of sixteen bytes, and Django's are longer.
    """
    _algorithm, standard = encoded.split("$", 1)
    try:
        return pwhash.verify(f"${standard}".encode(), password.encode())
    except InvalidkeyError:
        return False


def of_nobody() -> str:
    """What to compare with where there is no hash to compare with, so that the answer costs as much."""
    return cast(Argon2idHasher, get_hasher()).of_nobody()
