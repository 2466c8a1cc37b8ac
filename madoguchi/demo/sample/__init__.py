"""The sample operator あおば通信: what the demo shows, written room by room.

A room's module has ``load(*, now, random)``; the same ``random`` gives the same data every time.
"""

import random
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.db import transaction
from django.utils import timezone

from madoguchi.accounts.models import Account
from madoguchi.demo.sample.commands import script
from madoguchi.demo.sample.logins import LOGINS

# In this order: each stands on those before it.
ROOMS = ("catalog", "questions", "accounts", "contracts", "inquiries", "notices", "deliveries", "usage", "calls")


def loaded() -> bool:
    return Account.objects.filter(email=LOGINS[0].email).exists()


def load(*, step: Callable[[str, Callable[[], None]], None]) -> None:
    """Load everything in one transaction, so that a kill in the middle leaves nothing behind.

    ``step(name, act)`` is called for each room and must call ``act``.
    """
    now = timezone.now()
    script().unlink(missing_ok=True)
    with transaction.atomic():
        for room in ROOMS:
            if not find_spec(f"{__name__}.{room}"):
                continue
            module = import_module(f"{__name__}.{room}")
            # Bandit's rule is about secrets; this is the sample's dice.
            dice = random.Random(f"aoba {room}")  # noqa: S311
            step(room, lambda module=module, dice=dice: module.load(now=now, random=dice))  # type: ignore[misc]
