"""A sink, a renderer, and an engine that runs until its mailings are finished."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from madoguchi.delivery import renderers
from madoguchi.delivery.engine.engine import Engine
from madoguchi.delivery.engine.feeder import Patience
from madoguchi.delivery.engine.options import Options
from madoguchi.delivery.engine.relays import relays
from madoguchi.delivery.models import Letter, Mailing
from madoguchi.delivery.renderers import Draft, slot
from madoguchi.delivery.tests.sink import Sink, sink
from madoguchi.lib.lanes import Lane


def notice(reference: str, language: str, format: str) -> Draft:
    """A small notice in both languages and formats."""
    title = {"ja": "【故障】ひかり回線の故障について", "en": "[Trouble] Optical line trouble"}[language]
    greeting = {"ja": f"{slot('name')} 様\n故障のお知らせです。", "en": f"Dear {slot('name')},\nA line is down."}[
        language
    ]
    page = f"<p>{greeting}</p><p><a href='https://aoba.example/u/{slot('token')}/'>x</a></p>"
    return Draft(
        subject=title,
        text=f"{greeting}\nhttps://aoba.example/u/{slot('token')}/\n",
        html=page if format == "full" else None,
        sender="notice@aoba.example",
        headers=(
            ("List-Id", "<trouble.aoba.example>"),
            ("List-Unsubscribe", f"<https://aoba.example/u/{slot('token')}/>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ),
    )


@pytest.fixture(scope="session", autouse=True)
def _renderer() -> None:
    renderers.register("test.notice", notice)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Sink]:
    with sink(tmp_path / "sink") as running:
        yield running


@pytest.fixture
def mailing() -> Callable[..., Mailing]:
    """Make a mailing with letters to ``count`` people, at once: a worker would close one without."""

    @transaction.atomic
    def make(count: int = 10, *, lane: Lane = Lane.TROUBLE, expires: timedelta = timedelta(days=1), **letter: Any):
        made = Mailing.objects.create(
            renderer="test.notice",
            reference=f"{time.monotonic_ns()}",
            lane=lane,
            expires_at=timezone.now() + expires,
        )
        Letter.objects.bulk_create(
            Letter(
                **{
                    "mailing": made,
                    "recipient_key": str(number),
                    "address": f"person{number}@example{number % 7}.jp",
                    "language": "en" if number % 3 == 0 else "ja",
                    "format": "short" if number % 5 == 0 else "full",
                    "personal": {"name": f"第{number}の人", "token": f"token-{number}"},
                    **letter,
                }
            )
            for number in range(count)
        )
        return made

    return make


@pytest.fixture
def work(tmp_path: Path) -> Callable[..., None]:
    """Run an engine until ``until()`` is true, then stop it."""

    def run(relay: str, until: Callable[[], bool], **options: Any) -> None:
        options = {"poll": 0.2, "patience": Patience(connect=2, command=2, acceptance=2, idle=2), **options}
        of_a_relay = {name: options.pop(name) for name in ("connections", "messages") if name in options}

        async def main() -> None:
            engine = Engine(
                relays(relay, hello="aoba.example", **of_a_relay),
                database=parameters(),
                folder=tmp_path / "outbox",
                options=Options(**options),
            )
            running = asyncio.create_task(engine.run())
            deadline = time.monotonic() + 120
            while not running.done() and not await asyncio.to_thread(_asked, until):
                if time.monotonic() > deadline:
                    pytest.fail("the engine did not come to an end")
                await asyncio.sleep(0.05)
            engine.stop()
            await running

        asyncio.run(main())

    return run


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    finally:
        connection.close()


def parameters() -> dict[str, Any]:
    """The test database, as psycopg is told."""
    known = connection.get_connection_params()
    return {name: known[name] for name in known if name not in ("cursor_factory", "context", "prepare_threshold")}
