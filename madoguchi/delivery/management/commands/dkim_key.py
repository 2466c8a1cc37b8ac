"""``madoguchi dkim_key``: a new key to sign mail with, and what to publish in DNS."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from madoguchi.delivery import dkim

# A TXT record is made of strings of at most so many characters (RFC 1035, 3.3.14).
_STRING = 255


class Command(BaseCommand):
    help = "Makes a key to sign mail with and prints the DNS record that goes with it; see docs/delivery.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where the private key goes; it must not exist")
        parser.add_argument("--selector", required=True, help="the key's name in DNS, such as notices2026")
        parser.add_argument("--kind", choices=("rsa", "ed25519"), default="rsa")

    def handle(self, *args: Any, file: Path, selector: str, kind: str, **options: Any) -> None:
        made = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, 2048)
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            # Readable for its owner alone from the first moment.
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(pem)
        except OSError as error:
            raise CommandError(f"cannot write {file}: {error.strerror}") from None
        record = dkim.key(selector, pem, name=str(file)).record
        strings = " ".join(f'"{record[at : at + _STRING]}"' for at in range(0, len(record), _STRING))
        self.stdout.write(f"{selector}._domainkey.{settings.DKIM_DOMAIN}. IN TXT ( {strings} )")
        self.stderr.write(f"The private key is in {file}. Once the record is published, add to MADOGUCHI_DKIM_KEYS:")
        self.stderr.write(f"{selector}={file.resolve()}")
