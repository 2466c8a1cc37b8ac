"""Signing one mail, beside dkimpy. ``python -m bench.dkim [--rounds N]``.

The mail is a golden one, a work notice with text and HTML. Ours canonicalises the bytes the engine composed and signs
with OpenSSL; dkimpy parses the message, and computes RSA in Python. Processor time of one signature, the least of the
rounds, which take turns.
"""

import argparse
import base64
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import dkim as dkimpy
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench import stage
from madoguchi.delivery import dkim

MAIL = Path(__file__).parent.parent / "tests/mails/golden/notices.report.work.confirmed.full.ja.eml"
REACH = {"dkimpy, RSA": 10.0, "dkimpy, Ed25519": 3.0}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    rounds = options.parse_args().rounds
    raw = MAIL.read_bytes()
    rsa, ed25519 = generate_private_key(65537, 2048), Ed25519PrivateKey.generate()
    theirs = {
        "RSA": (rsa.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()), b"rsa-sha256"),
        "Ed25519": (base64.b64encode(ed25519.private_bytes_raw()), b"ed25519-sha256"),
    }
    ours: dict[str, float] = {}
    references: dict[str, float] = {}
    for name, made in (("RSA", rsa), ("Ed25519", ed25519)):
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key = dkim.key("s", pem, name=name)
        secret, algorithm = theirs[name]
        sign = partial(dkimpy.sign, raw, b"s", b"aoba.example", secret, signature_algorithm=algorithm)
        one = partial(dkim.signed, raw, (key,), domain="aoba.example", at=1)
        ours[name], references[f"dkimpy, {name}"] = turns(one, sign, rounds=rounds)
    ratios = {f"dkimpy, {name}": references[f"dkimpy, {name}"] / spent for name, spent in ours.items()}
    stage.report(
        "dkim",
        ours=round(ours["RSA"]),
        unit="microseconds of a core for one RSA-2048 signature",
        references={name: round(spent) for name, spent in references.items()},
        ratios=ratios,
        reach=REACH,
        ours_ed25519=round(ours["Ed25519"]),
        bytes=len(raw),
    )


def turns(one: Callable[[], bytes], other: Callable[[], bytes], *, rounds: int) -> tuple[float, float]:
    """Microseconds of processor time of each, the least of the rounds."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for place, (work, times) in enumerate(((one, 200), (other, 20))):
            began = time.process_time()
            for _ in range(times):
                work()
            spent[place].append((time.process_time() - began) / times * 1e6)
    return min(spent[0]), min(spent[1])


if __name__ == "__main__":
    main()
