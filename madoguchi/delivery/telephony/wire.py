"""The HTTP that gateways have in common: one client, and answers that are JSON objects or nothing."""

import atexit
from functools import cache
from typing import Any

import httpx

from madoguchi.delivery.telephony.gateway import Unreachable

_TIMEOUT = httpx.Timeout(10, connect=3)


@cache
def _client() -> httpx.Client:
    # One client a process: it is thread-safe and keeps its connections.
    made = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)
    atexit.register(made.close)
    return made


def post(url: str, **request: Any) -> httpx.Response:
    """Raises :class:`Unreachable` when there is no answer."""
    try:
        return _client().post(url, **request)
    except httpx.HTTPError as error:
        # httpx's messages may quote the request, so only the kind of trouble is kept.
        raise Unreachable(type(error).__name__) from None


def said(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of the answer; empty when it is anything else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
