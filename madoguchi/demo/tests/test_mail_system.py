"""The sample operator's mail system, run as the demo runs it and asked as the counter asks it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from madoguchi.accounts import mailbox
from madoguchi.demo import certificates
from madoguchi.demo.mailboxes import DOMAIN, MAILBOXES, PASSWORD
from madoguchi.demo.sample import logins
from madoguchi.lib.ports import free_port


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    folder, port = tmp_path_factory.mktemp("mail-system"), free_port()
    certificates.make(folder)
    command = [sys.executable, "-m", "madoguchi.demo.mail_system", str(port), str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)  # noqa: S603 - ourselves
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
    yield port, folder
    process.terminate()
    said = process.communicate(timeout=120)[1]
    assert (process.returncode, said) == (0, b"")


@pytest.fixture(autouse=True)
def asked(running, settings, monkeypatch) -> None:
    port, folder = running
    settings.MAILBOX_URL, settings.MAILBOX_CA = f"imaps://127.0.0.1:{port}", str(folder / "authority.pem")
    monkeypatch.setattr(mailbox, "_left_alone_until", 0.0)


def test_the_sample_mailboxes_have_the_password_of_the_other_sample_logins() -> None:
    assert logins.PASSWORD == PASSWORD
    for who in MAILBOXES:
        assert mailbox.check(who, PASSWORD, caller="203.0.113.9")


@pytest.mark.parametrize(("who", "password"), [(f"midori@{DOMAIN}", "wrong-1"), (f"nobody@{DOMAIN}", PASSWORD)])
def test_nobody_else_gets_in(who: str, password: str) -> None:
    assert not mailbox.check(who, password)
