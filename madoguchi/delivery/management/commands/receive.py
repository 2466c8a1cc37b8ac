"""``madoguchi receive``: takes in what comes back of the mail, until SIGTERM or SIGINT."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from madoguchi.delivery.returns import receiver


class Command(BaseCommand):
    help = "Takes in bounces and complaints over LMTP or SMTP until stopped; see docs/delivery.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--listen", default=settings.RETURN_LISTEN, help="instead of MADOGUCHI_RETURN_LISTEN")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.RETURN_DOMAIN or not options["listen"]:
            raise CommandError("nothing comes back here: MADOGUCHI_RETURN_DOMAIN or MADOGUCHI_RETURN_LISTEN is not set")
        try:
            asyncio.run(receive(options["listen"]))
        except OSError as error:
            raise CommandError(f"cannot listen at {options['listen']}: {error.strerror}") from None


async def receive(listen: str) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await receiver.serve(listen, stopped=stopped)
