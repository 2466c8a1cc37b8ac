"""What a journey keeps in the session between its pages: sealed, and only for a while."""

import json
import time
from typing import Any

from django.http import HttpRequest

from madoguchi.lib.tokens import BrokenSeal, seal, unseal


def keep(request: HttpRequest, name: str, value: Any) -> None:
    """Keep ``value`` (anything JSON can hold) under ``name``, in place of what was there."""
    request.session[name] = seal(json.dumps({"value": value, "at": time.time()})).decode("ascii")


def kept(request: HttpRequest, name: str, *, seconds: float) -> Any:
    """What was kept under ``name`` no longer than ``seconds`` ago; None else."""
    try:
        found = json.loads(unseal(request.session.get(name, "").encode()))
    except BrokenSeal:
        return None
    return found["value"] if time.time() - found["at"] <= seconds else None


def drop(request: HttpRequest, name: str) -> None:
    request.session.pop(name, None)
