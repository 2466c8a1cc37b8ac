"""A real Dovecot on loopback, for tests: IMAP inside TLS, its people in a file, everything in a temporary folder."""

import getpass
import grp
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from madoguchi.demo.certificates import Certificates
from madoguchi.lib.ports import free_port
from tests.running_demo import wait_until

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
auth_verbose = yes
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = required
ssl_cert = <{certificates.certificate}
ssl_key = <{certificates.key}
auth_mechanisms = plain
# It delays what it refuses, by more for each refusal from one address; the tests do not wait for that.
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
login_trusted_networks = 127.0.0.0/8
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = {folder}/people
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """``people``: password by address."""

    def __init__(self, certificates: Certificates, people: dict[str, str]) -> None:
        assert PROGRAM, "Dovecot is not installed: tests/install-peers"
        # Not pytest's own folder: sockets have short names, and Dovecot's login process is another user when root.
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)
        self.port, self.starttls_port = free_port(), free_port()
        root = os.geteuid() == 0
        me = getpass.getuser()
        (self.folder / "people").write_text("".join(f"{who}:{{PLAIN}}{word}::::::\n" for who, word in people.items()))
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                certificates=certificates,
                internal="dovecot" if root else me,
                internal_group="dovecot" if root else _group(),
                login="dovenull" if root else me,
                uid=65534 if root else os.getuid(),
                gid=65534 if root else os.getgid(),
                port=self.port,
                starttls_port=self.starttls_port,
            )
        )
        (self.folder / "mail").mkdir()
        (self.folder / "mail").chmod(0o777)
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", str(configuration)])  # noqa: S603 - the program above
        wait_until(lambda: _listens(self.port) or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()

    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _group() -> str:
    return grp.getgrgid(os.getgid()).gr_name


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
