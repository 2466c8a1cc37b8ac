"""The demo's telephone gateway: HTTP of the ``twilio`` shape on loopback, in a process of its own.

It takes the two requests :mod:`madoguchi.delivery.telephony` makes, with the same credentials and the same error
codes as a real one, and keeps what it got for the page ``/demo/telephone/``.
"""

import base64
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.etree import ElementTree

from madoguchi.demo.telephone.store import Store

_PATH = re.compile(r"/2010-04-01/Accounts/(?P<account>[^/]+)/(?P<resource>Messages|Calls)\.json")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_MOST_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Credentials:
    account: str
    token: str

    def match(self, header: str) -> bool:
        expected = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        return hmac.compare_digest(header.encode(), f"Basic {expected}".encode())


class Refusal(Exception):
    """An answer of the gateway's own error form: HTTP status, error code, message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, *args: object, store: Store, credentials: Credentials) -> None:
        self.store = store
        self.credentials = credentials
        super().__init__(*args)  # type: ignore[arg-type]

    def do_POST(self) -> None:  # the library's name
        try:
            form = self._form()
            self._answer(201, self._accept(form))
        except Refusal as refusal:
            self._answer(refusal.status, {"code": refusal.code, "message": refusal.message, "status": refusal.status})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a real gateway's log is not ours, and numbers stay out of logs."""

    def _form(self) -> dict[str, str]:
        size = int(self.headers.get("Content-Length") or 0)
        if size > _MOST_BYTES:
            self.close_connection = True
            raise Refusal(413, 20413, "Too large")
        body = self.rfile.read(size).decode("utf-8", "replace")
        return {name: values[-1] for name, values in parse_qs(body).items()}

    def _accept(self, form: dict[str, str]) -> dict[str, str]:
        path = _PATH.fullmatch(self.path)
        if not path:
            raise Refusal(404, 20404, "No such resource")
        if not self.credentials.match(self.headers.get("Authorization", "")):
            raise Refusal(401, 20003, "Authenticate")
        to = form.get("To", "")
        if not _NUMBER.fullmatch(to):
            raise Refusal(400, 21211, "Invalid 'To' number")
        message = path["resource"] == "Messages"
        text = form.get("Body", "") if message else _said(form.get("Twiml", ""))
        if not text:
            raise Refusal(400, 21602 if message else 21205, "Nothing to say")
        self.store.add(channel="sms" if message else "voice", caller=form.get("From", ""), number=to, text=text)
        return {"sid": ("SM" if message else "CA") + secrets.token_hex(16), "status": "queued"}

    def _answer(self, status: int, said: dict[str, object] | dict[str, str]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _said(script: str) -> str:
    """What a call with this script says aloud, a line for each ``Say``."""
    if "<!" in script:  # no document type: it could hold entities without end
        raise Refusal(400, 12100, "Document parse failure")
    try:
        parsed = ElementTree.fromstring(script.encode())  # noqa: S314 - see above
    except ElementTree.ParseError:
        raise Refusal(400, 12100, "Document parse failure") from None
    return "\n".join((say.text or "").strip() for say in parsed.iter("Say"))


def server(*, port: int, store: Store, credentials: Credentials) -> ThreadingHTTPServer:
    """Bound to loopback and not yet serving; port 0 takes a free one."""
    made = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, store=store, credentials=credentials))
    made.daemon_threads = True
    return made
