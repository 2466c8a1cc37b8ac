"""``madoguchi oidc_keys``: the keys that ID tokens are signed with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.provider.models import SigningKey


class Command(BaseCommand):
    help = "List the keys that sign ID tokens, make a new one, or withdraw one that others may have got."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="every key and what it does now")
        rotate = acts.add_parser("rotate", help="a new key: published now, signing in an hour")
        rotate.add_argument("--now", action="store_true", help="let it sign at once, before sites have fetched it")
        retire = acts.add_parser("retire", help="withdraw a key at once: nothing it signed is good any more")
        retire.add_argument("kid")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "rotate":
            key = SigningKey.objects.rotate(at_once=options["now"])
            self.stdout.write(f"{key.kid} is published and signs from {key.signs_from:%Y-%m-%d %H:%M} UTC.")
        elif act == "retire":
            self._retire(options["kid"])
        else:
            self._list()

    def _retire(self, kid: str) -> None:
        key = SigningKey.objects.usable().filter(kid=kid).first()
        if key is None:
            raise CommandError(f"there is no key {kid!r} in use; oidc_keys list shows them")
        key.withdraw()
        signing = SigningKey.objects.signing(now=timezone.now())
        self.stdout.write(f"{kid} is withdrawn; {signing.kid} signs.")

    def _list(self) -> None:
        now = timezone.now()
        signing = SigningKey.objects.signing(now=now)
        published = SigningKey.objects.published(now=now)
        for key in SigningKey.objects.order_by("-signs_from", "-pk"):
            if key.withdrawn_at:
                state = "withdrawn"
            elif key == signing:
                state = "signs"
            elif key.signs_from > now:
                state = "published, signs later"
            else:
                state = "published" if key in published else "over"
            self.stdout.write(f"{key.kid}  from {key.signs_from:%Y-%m-%d %H:%M} UTC  {state}")
