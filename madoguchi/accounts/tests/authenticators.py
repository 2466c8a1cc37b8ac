"""A passkey's device in a few lines: makes key pairs and signs what a browser would hand it."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

OPTIONS = "/id/passkey/options/"
ORIGIN = "http://localhost"
FLAG = AuthenticatorData.FLAG


def at_localhost(**more: Any) -> Client:
    """A browser at the name under which the tests' site makes passkeys."""
    return Client(SERVER_NAME="localhost", **more)


@dataclass
class Device:
    """Holds one passkey. ``verifies``: asks its holder for a fingerprint; ``counts``: how far it counts on each use."""

    verifies: bool = True
    counts: int = 1
    origin: str = ORIGIN
    discoverable: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    used: int = 0
    holder: bytes = b""

    def make(self, options: dict[str, Any]) -> str:
        """The answer to creation options, as the page's script sends it."""
        self.holder = websafe_decode(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(sha256(options["rp"]["id"].encode()), self._flags() | FLAG.AT, 0, credential)
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def prove(self, options: dict[str, Any], **changed: bytes) -> str:
        """The answer to request options."""
        self.used += self.counts
        client_data = self._client_data("webauthn.get", options)
        data = AuthenticatorData.create(sha256(options["rpId"].encode()), self._flags(), self.used)
        signature = self.key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        parts = {"authenticatorData": data, "signature": signature, "userHandle": self.holder} | changed
        return self._answer(clientDataJSON=client_data, **parts)

    def _flags(self) -> FLAG:
        return FLAG.UP | (FLAG.UV if self.verifies else FLAG(0))

    def _client_data(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["challenge"], self.origin)

    def _answer(self, **response: bytes) -> str:
        packed = {name: websafe_encode(value) for name, value in response.items()}
        results = {"credProps": {"rk": self.discoverable}}
        return json.dumps(
            {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key",
             "response": packed, "clientExtensionResults": results}
        )  # fmt: skip


def options(client: Client, purpose: str) -> dict[str, Any]:
    """What the page's script gets before it asks the device."""
    answer = client.post(OPTIONS, {"purpose": purpose})
    assert answer.status_code == 200, purpose
    return dict(answer.json())


def add_passkey(client: Client, device: Device | None = None, *, name: str = "Phone") -> Device:
    """A passkey for who is signed in freshly in ``client``, made on the page."""
    device = device or Device()
    answer = client.post("/id/otp/passkeys/add/", {"name": name, "credential": device.make(options(client, "add"))})
    assert answer.status_code == 302, answer.content.decode()
    return device
