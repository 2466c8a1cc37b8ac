"""The demo's telephone gateway: real HTTP on loopback, in a process of its own.

It takes the requests :mod:`madoguchi.delivery.telephony` makes, in the shape of either gateway, with the same
credentials and the same error codes as a real one, and keeps what it got for the page ``/demo/telephone/``.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from madoguchi.demo.telephone.exchange import Exchange
from madoguchi.demo.telephone.shapes import Credentials, Refusal, Shape, TwilioShape, WebhookShape
from madoguchi.demo.telephone.store import Store

_MOST_BYTES = 64_000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, *args: object, exchange: Exchange, shapes: tuple[Shape, ...]) -> None:
        self.exchange = exchange
        self.shapes = shapes
        super().__init__(*args)  # type: ignore[arg-type]

    def do_POST(self) -> None:  # the library's name
        try:
            self._answer(201, self._accept(self._body()))
        except Refusal as refusal:
            self._answer(refusal.status, refusal.said)
        except (ValueError, KeyError, TypeError):
            self._answer(400, {"error": "not understood"})

    def do_GET(self) -> None:
        """Who asks: the account alone, and only with its token."""
        twilio = next(shape for shape in self.shapes if isinstance(shape, TwilioShape))
        try:
            self._answer(200, twilio.account(self.path, self.headers.get("Authorization", "")))
        except Refusal as refusal:
            self._answer(refusal.status, refusal.said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a real gateway's log is not ours, and numbers stay out of logs."""

    def _body(self) -> bytes:
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MOST_BYTES:
            self.close_connection = True
            raise Refusal(413, {"code": 20413, "message": "Too large", "status": 413})
        return self.rfile.read(size)

    def _accept(self, body: bytes) -> Mapping[str, object]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        for shape in self.shapes:
            if asked := shape.read(self.path, headers, body):
                self.exchange.take(asked, shape)
                return shape.answer(asked)
        raise Refusal(404, {"code": 20404, "message": "No such resource", "status": 404})

    def _answer(self, status: int, said: Mapping[str, object]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def server(
    *, port: int, store: Store, credentials: Credentials, site: str, pace: float = 1
) -> Iterator[ThreadingHTTPServer]:
    """Bound to loopback and not yet serving; port 0 takes a free one. Only ``site`` is called back."""
    exchange = Exchange(store, site.rstrip("/"), pace)
    handler = partial(Handler, exchange=exchange, shapes=(TwilioShape(credentials), WebhookShape(credentials)))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as made:
        made.daemon_threads = True
        teller = threading.Thread(target=exchange.tell, daemon=True)
        teller.start()
        try:
            yield made
        finally:
            exchange.close()
            teller.join()
