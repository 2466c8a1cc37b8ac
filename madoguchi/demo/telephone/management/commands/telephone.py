"""``madoguchi telephone``: the demo's telephone gateway on loopback, until SIGTERM."""

import signal
import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from madoguchi.demo.telephone.gateway import server
from madoguchi.demo.telephone.shapes import Credentials
from madoguchi.demo.telephone.store import Store


class Command(BaseCommand):
    help = "Take the demo's text messages and calls at MADOGUCHI_TELEPHONE_URL; they show on /demo/telephone/."
    requires_system_checks: list[str] = []  # it needs no database

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_TELEPHONE:
            raise CommandError("MADOGUCHI_DEMO_TELEPHONE is off: codes would go to a page instead of to the customer")
        address = urlsplit(settings.TELEPHONE_URL)
        if address.hostname not in ("127.0.0.1", "localhost"):
            raise CommandError("MADOGUCHI_TELEPHONE_URL is not on this machine, so another gateway serves it")
        self.stderr.write("A pretend telephone: nothing it is given leaves this machine.")
        try:
            with server(
                port=address.port or 80,
                store=Store(settings.VAR / "demo"),
                credentials=Credentials(settings.TELEPHONE_ACCOUNT, settings.TELEPHONE_TOKEN),
                site=settings.SITE_URL,
            ) as gateway:
                for number in (signal.SIGTERM, signal.SIGINT):
                    # shutdown() waits for the loop that this handler interrupts, so another thread says it.
                    signal.signal(number, lambda *_: threading.Thread(target=gateway.shutdown).start())
                gateway.serve_forever(poll_interval=0.2)
        except OSError as error:
            raise CommandError(f"port {address.port} cannot be used: {error.strerror}") from None
