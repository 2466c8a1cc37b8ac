"""A customer's program in the demo: whatever a webhook sends it is shown on its page."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

SHOWN = 20
_LARGEST = 256 * 1024  # bytes
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_TABLE = "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, received_at TEXT, headers TEXT, body TEXT)"


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def program(request: HttpRequest) -> HttpResponse:
    """POST takes a message as any program would; GET shows the newest."""
    if request.method != "POST":
        return render(request, "demo/program.html", {"messages": _newest()})
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        return HttpResponse(status=413)
    _keep(request)
    return HttpResponse(status=204)


def _keep(request: HttpRequest) -> None:
    headers = {name: request.headers.get(name, "") for name in _HEADERS}
    row = (datetime.now(UTC).isoformat(), json.dumps(headers), request.body.decode("utf-8", "replace"))
    with closing(_file()) as file, file:
        file.execute("INSERT INTO message (received_at, headers, body) VALUES (?, ?, ?)", row)


def _newest() -> list[dict[str, Any]]:
    with closing(_file()) as file:
        rows = file.execute("SELECT received_at, headers, body FROM message ORDER BY id DESC LIMIT ?", (SHOWN,))
        return [
            {"received_at": datetime.fromisoformat(at), "headers": json.loads(headers), "body": _readable(body)}
            for at, headers, body in rows
        ]


def _readable(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body


def _file() -> sqlite3.Connection:
    folder = settings.VAR / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(folder / "program.sqlite3", timeout=10)
    file.execute(_TABLE)
    return file
