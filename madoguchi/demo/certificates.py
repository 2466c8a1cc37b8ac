"""Certificates of the demo's own: an authority nobody else trusts, and what it signs for loopback."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: the authority to trust, and a server's certificate with its key."""

    authority: Path
    certificate: Path
    key: Path


def files_in(folder: Path) -> Certificates:
    return Certificates(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")


def make(folder: Path, *, host: str = "127.0.0.1") -> Certificates:
    """A new authority and a certificate of it for ``host`` (a name or an IP address), into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = files_in(folder)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed(authority_key.public_key(), "Madoguchi demo authority", authority_key, authority=None)
    certificate = _signed(key.public_key(), host, authority_key, authority=authority)
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _signed(
    public: ec.EllipticCurvePublicKey,
    name: str,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: x509.Certificate | None,
) -> x509.Certificate:
    """``public`` certified by ``signer``: an authority itself when there is none above it, else a server."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_uses(authority is None), critical=True)
    )
    if authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([_named(name)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _uses(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
