"""nginx with the configuration we ship, on loopback: its ports and folders exchanged for ones of our own."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import stage
from madoguchi.lib.ports import free_port

HOST = "127.0.0.1"
NAME = "support.carrier.example"
SHIPPED = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
_PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_FRAME = """
{user}
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; text/javascript js; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


@dataclass
class Front:
    """A running nginx. ``tls`` and ``plain`` are its ports, ``folder`` all it writes to and ``/static/`` it serves.

    ``bare`` is the site without TLS, for what asks many times, ``slimmed`` what it asks itself, ``beside`` locations
    beside the shipped ones.
    """

    folder: Path
    application: int
    tls: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    bare: int = field(default_factory=free_port)
    slimmed: int = field(default_factory=free_port)
    beside: str = ""

    @property
    def configuration(self) -> Path:
        return self.folder / "nginx.conf"

    def write(self) -> None:
        """The shipped configuration, with nothing changed but where it listens, asks, reads and writes."""
        site = SHIPPED.read_text(encoding="utf-8")
        site = re.sub(r"listen \[::\].*\n", "", site)
        site = site.replace(" ssl http2 reuseport;", f" ssl http2 reuseport;\n    listen {HOST}:{self.bare} reuseport;")
        site = site.replace("listen 443", f"listen {HOST}:{self.tls}").replace(
            "listen 80", f"listen {HOST}:{self.plain}"
        )
        site = site.replace("127.0.0.1:8000", f"{HOST}:{self.application}")
        site = site.replace("127.0.0.1:8001", f"{HOST}:{self.slimmed}")
        site = re.sub(r"/etc/ssl/\w+/|/var/log/nginx/|/var/cache/nginx/|(?<=root )/var/lib/madoguchi", self._ours, site)
        site = site.replace("    location / {", f"{self.beside}    location / {{")
        self.folder.mkdir(parents=True, exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""  # its workers would be nobody, who may not enter the folder
        whole = _FRAME.format(user=user, folder=self.folder, site=site)
        self.configuration.write_text(whole, encoding="utf-8")
        certify(NAME, self.folder)

    def _ours(self, found: re.Match[str]) -> str:
        return f"{self.folder}/" if found[0].endswith("/") else str(self.folder)

    def command(self, *words: str) -> tuple[str, ...]:
        program = shutil.which("nginx", path=_PATHS)
        if program is None:
            raise SystemExit("nginx is not installed (Debian, Ubuntu: nginx)")
        return (
            program,
            "-p",
            str(self.folder),
            "-e",
            str(self.folder / "error.log"),
            "-c",
            str(self.configuration),
            *words,
        )

    def ask(
        self, path: str, *, method: str = "GET", name: str = NAME, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in small letters, those of one name joined) and body of an answer over TLS."""
        context = ssl.create_default_context(cafile=str(self.folder / f"{NAME}.pem"))
        with socket.create_connection((HOST, self.tls), timeout=60) as bare:
            connection = http.client.HTTPSConnection(name, context=context)
            connection.sock = context.wrap_socket(bare, server_hostname=NAME)
            connection.request(method, path, headers={"Host": name, **(headers or {})})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
        names = dict.fromkeys(name.lower() for name, _value in answer.getheaders())
        return answer.status, {name: ", ".join(answer.headers.get_all(name, [])) for name in names}, body


@contextlib.contextmanager
def running(front: Front) -> Iterator[Front]:
    """``front``, written and started, until the end of the block."""
    front.write()
    with stage.process(*front.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        wait_for(front.tls)
        yield front


def wait_for(port: int, *, seconds: float = 60) -> None:
    """Until something listens on ``port``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=5):
            return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


def certify(name: str, folder: Path) -> None:
    """A certificate for ``name`` signed by itself, and its key, as ``NAME.pem`` and ``NAME.key``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(secret)
