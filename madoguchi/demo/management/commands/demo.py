"""``madoguchi demo``: the whole counter with a sample operator, in the foreground until it is told to stop."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import URLError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from madoguchi.demo import certificates, embedded, running
from madoguchi.demo.business import provider as business
from madoguchi.demo.mailboxes import DOMAIN, MAILBOXES
from madoguchi.demo.sample.logins import LOGINS, PASSWORD
from madoguchi.demo.supervisor import Child, Supervisor, madoguchi
from madoguchi.lib.ports import free_port
from madoguchi.shell.templatetags.shell import phone

_SECONDS_TO_READY = 60


class Stop(BaseException):
    """Somebody pressed Ctrl-C, or sent SIGTERM."""


def _stop(*_: object) -> NoReturn:
    raise Stop


class Command(BaseCommand):
    help = "Start the demo: embedded database, sample operator, web, worker, mailbox and telephone, until Ctrl-C."
    requires_system_checks: list[str] = []  # the database does not run yet

    def handle(self, *args: Any, **options: Any) -> None:
        site = f"http://{running.HOST}:{settings.PORT}/"
        self.demo_folder = settings.VAR / "demo"
        try:
            with running.alone(self.demo_folder, address=f"{site} (process {os.getpid()})"):
                running.refuse_busy_port(settings.PORT)
                self._run(site)
        except (running.CannotRun, embedded.CannotStart) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"the demo cannot use {settings.VAR}: {error}") from None

    def _run(self, site: str) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        supervisor = Supervisor(say=self._say)
        data = settings.VAR / "postgresql"
        own_database = not os.environ.get("DATABASE_URL")
        try:
            environment = self._environment()
            if own_database:
                self._say(f"Starting the embedded database in {data}")
                environment["DATABASE_URL"] = embedded.start(data)
            self._prepare(environment)
            supervisor.children = self._children(environment)
            supervisor.start()
            self._wait_until_ready(supervisor, site)
            self._introduce(site)
            while True:
                time.sleep(0.5)
                supervisor.look()
                if own_database:
                    embedded.ensure(data)
        except Stop:
            self._say("Stopping")
        finally:
            supervisor.stop()
            embedded.leave(data)

    def _environment(self) -> dict[str, str]:
        """What every process of the demo is told: only the last hop of mail and calls is a page of ours."""
        files = certificates.make(self.demo_folder / "mail-system")
        parts = {
            "PORT": str(settings.PORT),
            "MADOGUCHI_SMTP_URL": f"smtp://{running.HOST}:{free_port()}",
            "MADOGUCHI_RETURN_LISTEN": f"lmtp://{running.HOST}:{free_port()}",
            "MADOGUCHI_TELEPHONE_URL": f"http://{running.HOST}:{free_port()}",
            "MADOGUCHI_MAILBOX_DOMAINS": DOMAIN,
            "MADOGUCHI_MAILBOX_URL": f"imaps://{running.HOST}:{free_port()}",
            "MADOGUCHI_MAILBOX_CA": str(files.authority),
        }
        running.tell(self.demo_folder, parts)
        return {
            **business.environment(f"http://{running.HOST}:{settings.PORT}"),
            **os.environ,
            **parts,
            "MADOGUCHI_MODE": "demo",
            "MADOGUCHI_VAR": str(settings.VAR),
            "PYTHONUNBUFFERED": "1",
        }

    def _prepare(self, environment: dict[str, str]) -> None:
        """Bring the database up to the code and load the sample operator, with its own progress lines."""
        child = subprocess.Popen(madoguchi("demo_prepare"), stdin=subprocess.DEVNULL, env=environment)  # noqa: S603
        try:
            if child.wait():
                raise CommandError("the demo's data could not be prepared; see above, or start anew: make demo-reset")
        except Stop:
            child.terminate()
            child.wait()
            raise

    def _children(self, environment: dict[str, str]) -> list[Child]:
        logs = self.demo_folder / "log"
        logs.mkdir(exist_ok=True)
        mail_port = environment["MADOGUCHI_SMTP_URL"].rpartition(":")[2]
        mail_system = [
            environment["MADOGUCHI_MAILBOX_URL"].rpartition(":")[2],
            str(self.demo_folder / "mail-system"),
        ]
        commands = {
            "mailbox": [sys.executable, "-m", "madoguchi.demo.mailbox.receiver", mail_port, str(self.demo_folder)],
            "mail-system": [sys.executable, "-m", "madoguchi.demo.mail_system", *mail_system],
            "telephone": madoguchi("telephone"),
            "returns": madoguchi("receive"),
            "worker": madoguchi("worker"),
            "web": [
                *(sys.executable, "-m", "granian", "madoguchi.wsgi:application", "--interface", "wsgi"),
                *("--host", running.HOST, "--port", str(settings.PORT), "--workers", "1", "--blocking-threads", "8"),
            ],
        }
        # The folder of the package, so that the commands find it wherever the demo was started from.
        path = os.pathsep.join(filter(None, [str(settings.BASE_DIR.parent), os.environ.get("PYTHONPATH")]))
        return [
            Child(name, command, _fresh(logs / f"{name}.log"), {**environment, "PYTHONPATH": path})
            for name, command in commands.items()
        ]

    def _wait_until_ready(self, supervisor: Supervisor, site: str) -> None:
        end = time.monotonic() + _SECONDS_TO_READY
        while not all(_answers(site + page) for page in ("healthz", "readyz")):
            if time.monotonic() > end:
                raise CommandError(f"the pages do not answer; {self.demo_folder / 'log'} says why")
            time.sleep(0.2)
            supervisor.look()

    def _introduce(self, site: str) -> None:
        width = max(len(login.email) for login in LOGINS)
        self._say(f"\nThe counter is open at {site}, in English at {site}en/\n")
        self._say(f"Sample logins, password {PASSWORD}:")
        for login in LOGINS:
            phone_said = f"; contact phone {phone(login.contact_phone)}" if login.contact_phone else ""
            self._say(f"  {login.email:<{width}}  {login.shows_en}{phone_said}")
        for mailbox in MAILBOXES:
            self._say(f"  {mailbox:<{width}}  Holder of a mailbox, with no customer ID until the first login")
        self._say(f"\nAll of them, with one-time codes for the staff: {site}demo/")
        self._say(f"Mail arrives at   {site}demo/mailbox/")
        self._say(f"Calls arrive at   {site}demo/telephone/")
        self._say(f"The console is at {site}console/")
        self._say(f"Logs are in       {self.demo_folder / 'log'}\n")
        self._say(f"ready: {site}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _fresh(log: Path) -> Path:
    log.unlink(missing_ok=True)
    log.touch()
    return log


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
