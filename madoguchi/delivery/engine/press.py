"""Makes each message once: mailing, language, format and charset in, composed message out, kept for the letters that
follow."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import close_old_connections, connections

from madoguchi.delivery import charset, renderers
from madoguchi.delivery.compose import Composed, compose, feedback_id
from madoguchi.delivery.engine.outbox import Claimed

_KEPT = 200

Key = tuple[int, str, str, bool]


class Press:
    """Renders in a thread of its own, because renderers use templates and Django's database connection."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
        self._made: dict[Key, Composed] = {}

    def ready(self, letter: Claimed) -> Composed | None:
        """The letter's message if it is made already."""
        return self._made.get(_key(letter))

    async def make(self, letter: Claimed) -> Composed:
        """Render and compose the letter's message; raises whatever the renderer raises."""
        composed = await asyncio.get_running_loop().run_in_executor(self._thread, _make, letter)
        while len(self._made) >= _KEPT:
            del self._made[next(iter(self._made))]  # the one made longest ago
        self._made[_key(letter)] = composed
        return composed

    def close(self) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown()


def _key(letter: Claimed) -> Key:
    return letter.mailing, letter.language, letter.format, _is_old(letter)


def _is_old(letter: Claimed) -> bool:
    chosen = settings.ISO_2022_JP
    return bool(chosen) and charset.is_old(
        chosen, language=letter.language, format=letter.format, address=letter.address
    )


def _make(letter: Claimed) -> Composed:
    close_old_connections()
    draft = renderers.render(letter.renderer, letter.reference, letter.language, letter.format)
    mark = feedback_id(letter.mailing, letter.renderer)
    return compose(draft, language=letter.language, feedback_id=mark, old=_is_old(letter))
