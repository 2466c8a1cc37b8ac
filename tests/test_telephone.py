"""Text messages and calls over real HTTP to the demo's telephone on a free port, and what may go wrong on the way."""

import http.server
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext

from madoguchi.console.doctor import telephone as doctor
from madoguchi.delivery import telephony
from madoguchi.delivery.telephony import twilio
from tests.telephone import Telephone, telephone

__all__ = ["telephone"]

NUMBER = "+819000000001"


def test_a_text_arrives_as_it_was_written(telephone: Telephone, settings: Any):
    receipt = telephony.send_text(NUMBER, "【あおば通信】認証番号123456\n@127.0.0.1 #123456")
    assert receipt.id.startswith("SM")
    [arrival] = telephone.store.latest()
    assert (arrival.channel, arrival.number, arrival.caller) == ("sms", NUMBER, settings.TELEPHONE_CALLER)
    assert arrival.text == "【あおば通信】認証番号123456\n@127.0.0.1 #123456"


def test_a_call_says_its_lines(telephone: Telephone):
    telephony.call(NUMBER, "あおば通信です。\n1、2、3。\n<さようなら & また>", language="ja")
    [arrival] = telephone.store.latest()
    assert (arrival.channel, arrival.text) == ("voice", "あおば通信です。\n1、2、3。\n<さようなら & また>")


def test_a_wrong_token_is_refused(telephone: Telephone, settings: Any):
    settings.TELEPHONE_TOKEN = "another-token-that-is-long-enough-000"
    with pytest.raises(telephony.Refused):
        telephony.send_text(NUMBER, "text")


def test_the_doctor_finds_the_account_and_nobody_else_does(telephone: Telephone, settings: Any):
    assert [str(finding.said) for finding in doctor.look()] == [gettext("The telephone gateway answers.")]
    settings.TELEPHONE_TOKEN = "another-token-that-is-long-enough-000"
    assert "401" in "".join(str(finding.said) for finding in doctor.look())


def test_a_number_that_is_none_is_an_invalid_number(telephone: Telephone):
    with pytest.raises(telephony.InvalidNumber):
        telephony.send_text("0900", "text")


def test_nobody_there_is_unreachable_and_worth_another_try(settings: Any):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        settings.TELEPHONE_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(telephony.Unreachable) as trouble:
            telephony.send_text(NUMBER, "text")
    assert trouble.value.again


class Answering(http.server.BaseHTTPRequestHandler):
    """A gateway that always answers the same."""

    answer: tuple[int, bytes]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def answer(settings: Any) -> Iterator[Any]:
    handler = type("Handler", (Answering,), {})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.TELEPHONE_URL = f"http://127.0.0.1:{gateway.server_port}"
        yield lambda status, body: setattr(
            handler, "answer", (status, body if isinstance(body, bytes) else json.dumps(body).encode())
        )
        gateway.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (201, {"sid": "CA1", "status": "busy"}, telephony.Busy),
        (201, {"sid": "CA1", "status": "no-answer"}, telephony.NoAnswer),
        (201, {"sid": "CA1", "status": "failed"}, telephony.InvalidNumber),
        (400, {"code": 21211, "message": f"{NUMBER} is not valid"}, telephony.InvalidNumber),
        (400, {"code": 21614}, telephony.InvalidNumber),
        (400, {"code": 21610}, telephony.Refused),
        (401, {"code": 20003}, telephony.Refused),
        (404, b"<html>", telephony.Refused),
        (429, {"code": 20429}, telephony.Unreachable),
        (500, b"", telephony.Unreachable),
        (503, {"code": 20503}, telephony.Unreachable),
        (200, b"not json", telephony.Unreachable),
        (200, [1], telephony.Unreachable),
        (302, b"", telephony.Unreachable),
    ],
)
def test_answers_become_our_words(
    answer: Any, caplog: Any, status: int, body: Any, trouble: type[telephony.TelephoneTrouble]
):
    answer(status, body)
    with caplog.at_level(logging.DEBUG), pytest.raises(trouble) as raised:
        telephony.call(NUMBER, "482910", language="ja")
    said = caplog.text + str(raised.value)
    for secret in (NUMBER, NUMBER[1:], "482910"):
        assert secret not in said


def test_a_call_in_english_is_read_by_an_english_voice():
    script = twilio.script(["One."], language="en")
    assert 'language="en-US"' in script


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_shows_what_arrived(telephone: Telephone, client: Client, settings: Any, prefix: str, tmp_path: Any):
    settings.VAR = tmp_path
    page = client.get(f"{prefix}/demo/telephone/")
    assert ("Nothing here leaves this machine" if prefix else "外に出ません") in page.text
    shown = type(telephone.store)(tmp_path / "demo")
    shown.add(channel="sms", caller="+81312345678", number=NUMBER, text="最初 <b>")
    shown.add(channel="voice", caller="+81312345678", number="+81300000003", text="1、2。\n終わり")
    page = client.get(f"{prefix}/demo/telephone/")
    assert "最初 &lt;b&gt;" in page.text
    assert "090-0000-0001" in page.text
    only = client.get(f"{prefix}/demo/telephone/", {"to": "03-0000-0003"})
    assert "最初" not in only.text


@pytest.mark.parametrize("to", ["+819000000001", "090-0000-0001", "09000000001", " 819000000001"])
def test_programs_read_it_newest_first(client: Client, settings: Any, tmp_path: Any, telephone: Telephone, to: str):
    settings.VAR = tmp_path
    shown = type(telephone.store)(tmp_path / "demo")
    for text in ("first", "second"):
        shown.add(channel="sms", caller="+81312345678", number=NUMBER, text=text)
    shown.add(channel="sms", caller="+81312345678", number="+819000000002", text="other")
    said = client.get("/demo/telephone.json", {"to": to}).json()
    assert [each["text"] for each in said] == ["second", "first"]
    assert set(said[0]) == {"channel", "to", "text", "received_at"}
    assert len(client.get("/demo/telephone.json").json()) == 3


def telephone_answers() -> bool:
    try:
        telephony.send_text(NUMBER, "hello")
    except telephony.Unreachable:
        return False
    return True


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Any, settings: Any):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MADOGUCHI_TELEPHONE_URL": f"http://127.0.0.1:{port}", "MADOGUCHI_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "madoguchi", "telephone"]
    settings.TELEPHONE_URL = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:  # noqa: S603
        end = time.monotonic() + 60
        while not telephone_answers() and time.monotonic() < end:
            time.sleep(0.05)
        second = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert second.returncode == 1
    assert f"port {port} cannot be used" in second.stderr.decode()
    assert (tmp_path / "demo" / "telephone.sqlite3").exists()
