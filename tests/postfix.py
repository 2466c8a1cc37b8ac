"""A real Postfix on loopback, for tests: its configuration and queue are its own, in a temporary folder.

    with postfix({"example.jp": f"smtp:[127.0.0.1]:{port}", "gone.example": "error:5.1.1 no such user"}) as relay:
        ...  # hand mail over at relay.url

A transport is a line of Postfix's transport table without the domain: ``smtp:[HOST]:PORT``, ``lmtp:inet:HOST:PORT``,
``error:5.1.1 words``, ``retry:4.2.2 words``, ``discard:``. ``"*"`` takes every domain without one of its own.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from madoguchi.demo.certificates import Certificates
from madoguchi.demo.running import HOST
from madoguchi.lib.ports import free_port
from tests.running_demo import wait_until

PROGRAM = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

SETTINGS = {
    "compatibility_level": "3.6",
    "inet_interfaces": HOST,
    "inet_protocols": "ipv4",
    "mynetworks": "127.0.0.0/8",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
    "mydestination": "",
    "local_recipient_maps": "",
    # What goes to ``error:`` is taken over and comes back as a bounce, rather than refused at once.
    "smtpd_reject_unlisted_recipient": "no",
    "alias_maps": "",
    "alias_database": "",
    "disable_dns_lookups": "yes",
    "smtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    # Bounces and second tries come within seconds.
    "queue_run_delay": "1s",
    "minimal_backoff_time": "1s",
    "maximal_backoff_time": "2s",
    "maillog_file_prefixes": "{folder}",
    "maillog_file": "{folder}/log",
    "queue_directory": "{folder}/queue",
    "data_directory": "{folder}/data",
    "transport_maps": "texthash:{folder}/transports",
}

SERVICES = """
{host}:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A running one. ``port`` takes mail for every address from this machine, without a login."""

    def __init__(
        self,
        transports: Mapping[str, str],
        *,
        domain: str = "relay.example",
        settings: Mapping[str, str] | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        assert PROGRAM, "Postfix is not installed: tests/install-peers"
        assert os.geteuid() == 0, "Postfix starts as root only: run this test as root"
        # Not pytest's own folder: Postfix's programs are other users and must be able to enter it.
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self._configure(
            {"myhostname": f"mx.{domain}", "mydomain": domain, **SETTINGS, **_tls(certificates), **(settings or {})}
        )
        lines = [f"{name} {transport}\n" for name, transport in transports.items()]
        (self.folder / "transports").write_text("".join(lines))
        (self.folder / "master.cf").write_text(SERVICES.format(host=HOST, port=self.port))
        subprocess.run([PROGRAM, "-c", str(self.folder), "check"], check=True)  # noqa: S603 - makes the queue's folders
        daemons = subprocess.run(  # noqa: S603 - Postfix's own program
            [str(Path(PROGRAM).with_name("postconf")), "-c", str(self.folder), "-h", "daemon_directory"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        # A session of its own: Postfix ends its children by ending its process group.
        self.process = subprocess.Popen(  # noqa: S603 - Postfix's own program
            [f"{daemons}/master", "-c", str(self.folder), "-s"], start_new_session=True
        )
        wait_until(lambda: self._runs() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()

    def _configure(self, settings: Mapping[str, str]) -> None:
        for name in ("queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        lines = [f"{name} = {value.format(folder=self.folder)}\n" for name, value in settings.items()]
        (self.folder / "main.cf").write_text("".join(lines))

    def _runs(self) -> bool:
        return "daemon started" in self.log()

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _tls(certificates: Certificates | None) -> dict[str, str]:
    if certificates is None:
        return {}
    return {
        "smtpd_tls_security_level": "may",
        "smtpd_tls_cert_file": str(certificates.certificate),
        "smtpd_tls_key_file": str(certificates.key),
    }


@contextmanager
def postfix(
    transports: Mapping[str, str],
    *,
    domain: str = "relay.example",
    settings: Mapping[str, str] | None = None,
    certificates: Certificates | None = None,
) -> Iterator[Postfix]:
    """Run one for the block. ``settings`` are lines of ``main.cf``; with ``certificates`` it offers STARTTLS."""
    running = Postfix(transports, domain=domain, settings=settings, certificates=certificates)
    try:
        yield running
    finally:
        running.end()
