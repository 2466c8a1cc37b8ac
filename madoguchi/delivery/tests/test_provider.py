"""A provider's API in the place of a relay: one in the shape of Postmark's, on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.models import Letter


class Provider:
    """Answers by the recipient's address, and keeps what it took."""

    def __init__(self) -> None:
        self.took: list[dict[str, Any]] = []
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked += 1
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = outer.answer(said, self.headers["X-Postmark-Server-Token"])
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def answer(self, said: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        to = said["To"]
        if token != "t":
            return 401, {"ErrorCode": 10, "Message": "No such token"}
        if "gone" in to:
            return 422, {"ErrorCode": 406, "Message": f"Found inactive addresses: {to}. Inactive recipients bounced."}
        if "odd" in to:
            return 422, {"ErrorCode": 999, "Message": "Never heard of"}
        if "broken" in to:
            return 400, {"ErrorCode": 402, "Message": "Invalid JSON"}
        if "slow" in to and self.asked == 1:
            return 503, {"ErrorCode": 100, "Message": "Maintenance"}
        self.took.append(said)
        return 200, {"ErrorCode": 0, "Message": "OK", "MessageID": f"id-{len(self.took)}", "To": to}


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    running.thread.start()
    address = f"http://127.0.0.1:{running.server.server_port}/"
    with override_settings(ANYMAIL={"POSTMARK_SERVER_TOKEN": "t", "POSTMARK_API_URL": address}):
        yield running
    running.server.shutdown()
    running.server.server_close()
    running.thread.join()


pytestmark = pytest.mark.django_db(transaction=True)
RELAY = "anymail:postmark?connections=2"


def _state(letter: Letter) -> tuple[str, str]:
    letter.refresh_from_db()
    return letter.state, letter.reason


def test_letters_go_out_with_all_that_is_theirs(provider: Provider, mailing, work):
    made = mailing(6)
    work(RELAY, lambda: made.letters.filter(state="sent").count() == 6)
    assert sorted(one["To"] for one in provider.took) == sorted(made.letters.values_list("address", flat=True))
    one = next(one for one in provider.took if one["To"] == "person3@example3.jp")
    assert "第3の人" in one["TextBody"]
    assert "第3の人" in one["HtmlBody"]
    assert one["Subject"] == "[Trouble] Optical line trouble"
    assert "notice@aoba.example" in one["From"]
    headers = {header["Name"]: header["Value"] for header in one["Headers"]}
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@aoba.example>")
    assert set(headers).isdisjoint({"From", "To", "Subject", "Date", "MIME-Version", "Content-Type"})
    assert all(reply.startswith("250 sent id-") for reply in made.letters.values_list("reply", flat=True))


@pytest.mark.parametrize(
    ("address", "reason"),
    [("gone@example.jp", "refused"), ("broken@example.jp", "content"), ("odd@example.jp", "content")],
)
def test_what_fails_for_good(provider: Provider, mailing, work, address: str, reason: str):
    letter = mailing(1, address=address).letters.get()
    work(RELAY, lambda: _state(letter)[0] != "queued")
    assert _state(letter) == ("failed", reason)
    assert provider.asked == 1
    assert address not in letter.reply


def test_a_provider_that_is_busy_is_tried_again(provider: Provider, mailing, work):
    letter = mailing(1, address="slow@example.jp").letters.get()
    work(RELAY, lambda: _state(letter)[1] == "refused")
    assert (letter.state, letter.tries) == ("queued", 1)
    assert letter.reply.startswith("451 4.3.2 the provider answered 503")


def test_a_wrong_key_loses_no_letter(provider: Provider, mailing, work):
    letter = mailing(1).letters.get()
    with override_settings(ANYMAIL={**settings.ANYMAIL, "POSTMARK_SERVER_TOKEN": "wrong"}):
        work(RELAY, lambda: _state(letter)[1] != "")
    assert _state(letter) == ("queued", "sender")
    assert provider.took == []


def test_without_a_key_nothing_is_tried(mailing, work):
    letter = mailing(1).letters.get()
    looked = iter(range(20))
    with override_settings(ANYMAIL={}):
        work(RELAY, lambda: next(looked) == 15)
    assert _state(letter) == ("queued", "")


@pytest.mark.parametrize("url", ["anymail:", "anymail:Post-mark", "anymail:../x", "anymail://host/x"])
def test_a_name_that_is_none(url: str):
    with pytest.raises(ValueError, match="provider's name"):
        Relay.of(url, hello="aoba.example")
