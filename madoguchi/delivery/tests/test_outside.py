"""Which addresses of customers are called: the table of ``docs/webhooks.md``, and what no table can show."""

import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import override_settings

from madoguchi.delivery import outside

PAGE = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"
LOOPBACK = override_settings(WEBHOOK_INSIDE=("127.0.0.1/32",))


def documented() -> list[tuple[str, str]]:
    rows = PAGE.read_text(encoding="utf-8").partition("| address | called |\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [(url.strip(" `"), verdict.strip()) for url, verdict in (row.strip("|").split("|") for row in rows)]


@pytest.mark.parametrize(("url", "verdict"), documented())
@override_settings(WEBHOOK_INSIDE=())
def test_the_table(url, verdict):
    if verdict == "yes":
        outside.check(url)
        return
    with pytest.raises(outside.Unfit) as refused:
        outside.check(url)
    assert str(refused.value) == verdict
    assert verdict in outside.FAULTS


@pytest.mark.parametrize("answers", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["fe80::1%2"]])
@override_settings(WEBHOOK_INSIDE=())
def test_a_name_that_leads_inside_is_not_called(answers, monkeypatch):
    def found(host, port, **_):
        assert host == "hooks.example.com"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(outside.Unfit, match="inside"):
        post("https://hooks.example.com/")


@contextmanager
def receiver(*said: bytes, gap: float = 0.0):
    """A server that answers one connection with these bytes, ``gap`` seconds before each, and keeps what it got."""
    got = bytearray()
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with listening.accept()[0] as connection:
                got.extend(connection.recv(65536))
                while b"POST" in got and not got.endswith(b"}"):
                    got.extend(connection.recv(65536))
                for piece in said:
                    if over.wait(gap):
                        return
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/notices", got
        over.set()
        thread.join()


def post(url: str) -> outside.Answer:
    return outside.post(url, body=b'{"a": 1}', headers={"webhook-id": "1"})


@LOOPBACK
def test_a_network_of_ours_that_was_opened_is_called():
    with receiver(b"HTTP/1.1 204 No Content\r\n\r\n") as (url, got):
        assert post(url) == outside.Answer(204)
    assert got.startswith(b"POST /notices HTTP/1.1\r\n")
    assert got.endswith(b'\r\n\r\n{"a": 1}')


@LOOPBACK
def test_a_redirect_is_an_answer_and_not_followed():
    with receiver(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as (url, _):
        assert post(url) == outside.Answer(302)


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)])
@LOOPBACK
def test_it_says_when_to_come_again(said, seconds):
    head = f"HTTP/1.1 503 Busy\r\nRetry-After: {said}\r\nContent-Length: 0\r\n\r\n"
    with receiver(head.encode()) as (url, _):
        assert post(url) == outside.Answer(503, seconds)


@LOOPBACK
def test_an_answer_that_trickles_ends_at_the_deadline(monkeypatch):
    monkeypatch.setattr(outside, "SECONDS", 0.3)
    with receiver(*[b"x"] * 1000, gap=0.05) as (url, got), pytest.raises(outside.NoAnswer, match="timeout"):
        post(url)
    assert got


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nbroken"])
@LOOPBACK
def test_what_is_no_answer_of_http(said):
    with receiver(said) as (url, _), pytest.raises(outside.NoAnswer, match="protocol"):
        post(url)


@LOOPBACK
def test_a_certificate_is_verified():
    with receiver(b"no TLS here") as (url, _), pytest.raises(outside.NoAnswer, match="tls"):
        post(url.replace("http:", "https:"))


@LOOPBACK
def test_nobody_is_there():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(outside.NoAnswer, match="connection"):
        post(f"http://127.0.0.1:{port}/")
