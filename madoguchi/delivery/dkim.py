"""DKIM signatures (RFC 6376, RFC 8463) of the letters we send, where the settings name a key; else the relay signs.

The letters are our own bytes, so the *simple* form of a body is the body but for line ends after its last line. Header
fields go through *relaxed*, which survives relays that fold them anew.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from django.conf import settings

# Nobody can add a second one of these without breaking the signature ("oversigned").
_ONCE = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "mime-version", "content-type")
# Signed where they are. RFC 8058, 4 asks for the two of unsubscribing. A mailing list may put its own above them.
_PRESENT = (
    *("content-transfer-encoding", "in-reply-to", "references", "auto-submitted", "feedback-id"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
_FOLDED = re.compile(rb"\r\n(?=[ \t])")
# RFC 8301, 3.2.
_RSA_LEAST = 1024


class WrongKey(ValueError):
    """A file is no private key that DKIM knows; the message names the file and nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key: ``sign`` takes the SHA-256 of what is signed. ``public`` is what DNS publishes as ``p=``."""

    selector: str
    algorithm: str
    sign: Callable[[bytes], bytes]
    public: str

    @property
    def record(self) -> str:
        """The TXT record of ``selector._domainkey`` in the signing domain."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"


def key(selector: str, pem: bytes, *, name: str) -> Key:
    """The key in ``pem`` (PKCS #8 or PKCS #1, RSA of 1024 bits and more, or Ed25519); raises :class:`WrongKey`."""
    try:
        found = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise WrongKey(f"{name} holds no private key in PEM without a password") from None
    if isinstance(found, Ed25519PrivateKey):
        raw = found.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return Key(selector, "ed25519-sha256", found.sign, base64.b64encode(raw).decode())
    if isinstance(found, RSAPrivateKey) and found.key_size >= _RSA_LEAST:
        rsa, padding, hashed = found, PKCS1v15(), Prehashed(hashes.SHA256())
        der = found.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return Key(
            selector, "rsa-sha256", lambda digest: rsa.sign(digest, padding, hashed), base64.b64encode(der).decode()
        )
    raise WrongKey(f"{name} is neither an RSA key of {_RSA_LEAST} bits or more nor an Ed25519 key")


def configured() -> tuple[Key, ...]:
    """The keys of the settings, read once; raises :class:`WrongKey`, or OSError for a file that cannot be read."""
    return _read(tuple(settings.DKIM_KEYS.items()))


@lru_cache(maxsize=4)
def _read(named: tuple[tuple[str, str], ...]) -> tuple[Key, ...]:
    return tuple(key(selector, Path(path).read_bytes(), name=path) for selector, path in named)


def signed(message: bytes, keys: tuple[Key, ...], *, domain: str, at: int) -> bytes:
    """``message`` (CRLF, as the engine composes it) with a signature of each key before it; ``at`` is a Unix time."""
    head, _, body = message.partition(b"\r\n\r\n")
    # The simple form of a body ends in exactly one line end (3.4.3).
    body_hash = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
    fields = _fields(head)
    names = [name for name in _ONCE for _ in range(2 if name in fields else 1)]
    names += [name for name in _PRESENT if name in fields]
    relaxed = b"".join([fields[name] for name in dict.fromkeys(names) if name in fields])
    tags = {"d": domain, "t": str(at), "h": ":".join(names), "bh": body_hash}
    return b"".join([_signature(each, tags, relaxed) for each in keys]) + message


def _fields(head: bytes) -> dict[str, bytes]:
    """Each header field as *relaxed* has it, by its lower-case name. No field of ours comes twice."""
    fields = {}
    for line in _FOLDED.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        lower = name.strip().lower()
        fields[lower.decode()] = b"%b:%b\r\n" % (lower, b" ".join(value.split()))
    return fields


def _signature(each: Key, tags: Mapping[str, str], relaxed: bytes) -> bytes:
    said = {"v": "1", "a": each.algorithm, "c": "relaxed/simple", "s": each.selector, **tags}
    value = "".join(f"{tag}={text};\r\n " for tag, text in said.items()) + "b="
    ours = b"dkim-signature:" + b" ".join(value.encode().split())
    made = base64.b64encode(each.sign(hashlib.sha256(relaxed + ours).digest())).decode()
    folded = "\r\n ".join(made[at : at + 72] for at in range(0, len(made), 72))
    return f"DKIM-Signature: {value}{folded}\r\n".encode()
