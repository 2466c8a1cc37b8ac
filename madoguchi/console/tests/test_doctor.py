"""``madoguchi doctor``: what it finds, what it tells to do, and that it tells no secret."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from madoguchi.console.doctor import database, files
from madoguchi.console.tests.name_server import Zone, name_server
from madoguchi.delivery import dkim, post
from madoguchi.delivery.engine.relays import Relay
from madoguchi.delivery.models import Letter, RelayState
from madoguchi.delivery.tests.receiving import receiving
from madoguchi.delivery.tests.sink import Sink, sink
from madoguchi.lib.lanes import Lane
from madoguchi.lib.ports import free_port

pytestmark = pytest.mark.django_db
KEY = "v=DKIM1; k=rsa; p=MIGfMA0"
GOOD: Zone = {
    ("aoba.example", "TXT"): ['"v=spf1 mx include:relay.example -all"', '"site-verification=1"'],
    ("relay.example", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 ~all"'],
    ("aoba.example", "MX"): ["10 mx.aoba.example."],
    ("mx.aoba.example", "A"): ["192.0.2.25"],
    ("_dmarc.aoba.example", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:dmarc@aoba.example"'],
    ("s1._domainkey.aoba.example", "TXT"): [f'"{KEY}" "DCBiQ"'],
    ("return.aoba.example", "TXT"): ['"v=spf1 include:relay.example -all"'],
    ("return.aoba.example", "MX"): ["10 mx.aoba.example."],
}


def doctor(*only: str, language: str = "en") -> tuple[int, list[tuple[str, str]]]:
    """Exit code, and each finding's level and words with its remedy."""
    out = StringIO()
    code = 0
    try:
        call_command("doctor", "--json", "--language", language, only=list(only), stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    found = json.loads(out.getvalue())["findings"]
    assert {row["part"] for row in found} == set(only)
    return code, [(row["level"], f"{row['said']} {row['remedy']}".strip()) for row in found]


def of(found: list[tuple[str, str]], level: str) -> str:
    return "\n".join(words for grade, words in found if grade == level)


@pytest.fixture
def zone(settings) -> Iterator[Zone]:
    settings.DKIM_SELECTOR = "s1"
    settings.RETURN_DOMAIN = "return.aoba.example"
    zone = dict(GOOD)
    with name_server(zone) as address:
        settings.DNS_SERVERS = (address,)
        yield zone


@pytest.fixture
def relay(tmp_path: Path, settings) -> Iterator[Sink]:
    with sink(tmp_path / "sink") as running:
        settings.SMTP_URL = running.url
        yield running


# --- DNS ------------------------------------------------------------------------------------------------------------


def test_domains_as_they_should_be(zone) -> None:
    code, found = doctor("dns")
    assert code == 0
    assert {level for level, _ in found} == {"good"}
    assert len(found) == 5


@pytest.mark.parametrize(
    ("name", "records", "level", "told"),
    [
        (("return.aoba.example", "TXT"), None, "bad", "return.aoba.example has no SPF record"),
        (("return.aoba.example", "TXT"), ['"v=spf1 +all"'], "bad", "allows everybody"),
        (("return.aoba.example", "TXT"), ['"v=spf1 all"'], "bad", "allows everybody"),
        (("return.aoba.example", "TXT"), ['"v=spf1 mx ?all"'], "warning", "says nothing about servers"),
        (("return.aoba.example", "TXT"), ['"v=spf1 mx"'], "warning", "says nothing about servers"),
        (("return.aoba.example", "TXT"), ['"v=spf1 -all"', '"v=spf1 mx"'], "bad", "several records"),
        (("return.aoba.example", "TXT"), ['"v=spf1 include:gone.example -all"'], "bad", "includes gone.example"),
        (("return.aoba.example", "TXT"), ['"v=spf1 include:return.aoba.example"'], "bad", "includes itself"),
        (("return.aoba.example", "TXT"), ['"v=spf1 ' + "a:x.example " * 11 + '-all"'], "bad", "more than 10 look-ups"),
        (("return.aoba.example", "TXT"), ['"v=spf1 permit:everyone -all"'], "bad", "is not known"),
        (("return.aoba.example", "MX"), None, "bad", "Bounces to return.aoba.example find no server"),
        (("s1._domainkey.aoba.example", "TXT"), None, "bad", "no DKIM key at s1._domainkey"),
        (("s1._domainkey.aoba.example", "TXT"), ['"v=DKIM1; p="'], "bad", "is revoked"),
        (("s1._domainkey.aoba.example", "TXT"), [f'"{KEY}"', f'"{KEY}A"'], "bad", "several DKIM keys"),
        (("_dmarc.aoba.example", "TXT"), None, "bad", "no DMARC record"),
        (("_dmarc.aoba.example", "TXT"), ['"v=DMARC1; p=none"'], "warning", "only watches"),
        (("_dmarc.aoba.example", "TXT"), ['"v=DMARC1"'], "bad", "has no policy"),
        (("_dmarc.aoba.example", "TXT"), ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "bad", "several DMARC"),
        (("aoba.example", "MX"), None, "bad", "neither MX nor address"),
        (("aoba.example", "MX"), ["0 ."], "bad", "takes no mail (null MX)"),
    ],
)
def test_each_fault_of_the_domains_is_told(zone, name, records, level: str, told: str) -> None:
    zone.pop(name)
    if records:
        zone[name] = records
    code, found = doctor("dns")
    assert told in of(found, level)
    assert code == (1 if level == "bad" else 0)
    assert [grade for grade, _ in found].count("good") == 4


def test_without_a_return_domain_the_senders_own_counts(zone, settings) -> None:
    settings.RETURN_DOMAIN = ""
    assert "SPF of aoba.example is there" in of(doctor("dns")[1], "good")


def test_a_selector_that_is_not_known(zone, settings) -> None:
    settings.DKIM_SELECTOR = ""
    assert "MADOGUCHI_DKIM_SELECTOR" in of(doctor("dns")[1], "warning")


def test_the_key_this_site_signs_with_must_be_the_one_published(zone, settings, tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    file = tmp_path / "s1.pem"
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(pem)
    settings.DKIM_KEYS = {"s1": str(file)}
    assert "s1._domainkey.aoba.example is not the one" in of(doctor("dns")[1], "bad")
    record = dkim.key("s1", pem, name="s1").record
    zone["s1._domainkey.aoba.example", "TXT"] = [f'"{record}"']
    assert doctor("dns")[0] == 0
    settings.DKIM_KEYS = {"s1": str(tmp_path / "gone.pem")}
    assert "cannot be read" in of(doctor("dns")[1], "bad")


def test_a_signature_of_another_domain_proves_nothing(zone, settings) -> None:
    settings.MAIL_FROM_NOTICES = "n@elsewhere.example"
    assert "Mail from elsewhere.example is signed by aoba.example" in of(doctor("dns")[1], "bad")


def test_a_subdomain_lives_by_the_dmarc_above_it(zone, settings) -> None:
    settings.MAIL_FROM_NOTICES = "n@news.aoba.example"
    assert "DMARC of news.aoba.example is there" in of(doctor("dns")[1], "good")


def test_name_servers_that_fail(zone) -> None:
    zone[("", "SERVFAIL")] = []
    code, found = doctor("dns")
    assert (code, len(found)) == (1, 1)
    assert "The DNS servers do not answer." in found[0][1]


@pytest.mark.parametrize(
    ("records", "level", "told"),
    [
        ({}, "warning", "has no name (PTR)"),
        ({("8.8.8.8.in-addr.arpa", "PTR"): ["mta.example."]}, "warning", "does not lead back"),
        (
            {("8.8.8.8.in-addr.arpa", "PTR"): ["mta.example."], ("mta.example", "A"): ["8.8.8.8"]},
            "good",
            "a name that leads back",
        ),
    ],
)
def test_the_name_of_a_relay_with_a_public_address(zone, settings, records, level: str, told: str) -> None:
    settings.SMTP_URL = "smtp://8.8.8.8"  # only its name is asked for
    zone.update(records)
    assert told in of(doctor("dns")[1], level)


# --- the relay ------------------------------------------------------------------------------------------------------


def test_a_willing_relay_gets_no_mail(relay) -> None:
    code, found = doctor("relay")
    assert code == 0
    assert len(found) == 4
    assert {level for level, _ in found} == {"good"}
    assert relay.accepted() == []


@pytest.mark.parametrize(
    ("mode", "level", "told"),
    [
        ("refuse", "bad", "is not reached"),
        ("full", "bad", "refuses MADOGUCHI_MAIL_FROM_NOTICES as sender (452)"),
        ("reject alarm", "bad", "takes no mail from MADOGUCHI_MAIL_FROM_ID to MADOGUCHI_ALARM_ADDRESS (550)"),
        ("plain", "warning", "offers no PIPELINING"),
        ("ascii", "bad", "takes no internationalised addresses"),
    ],
)
def test_each_fault_of_the_relay_is_told(relay, mode: str, level: str, told: str) -> None:
    relay.mode(mode)
    code, found = doctor("relay")
    assert told in of(found, level)
    assert code == (1 if level == "bad" else 0)


def test_one_relay_that_takes_internationalised_addresses_is_enough(relay, tmp_path, settings) -> None:
    with sink(tmp_path / "other") as other:
        other.mode("ascii")
        settings.SMTP_URL = f"{other.url} {relay.url}"
        code, found = doctor("relay")
    assert code == 0
    assert "leaves by another relay" in of(found, "warning")


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ("smtp://staff:geheim-1@127.0.0.1", "refuses the login"),
        ("smtp+starttls://staff:geheim-1@127.0.0.1", "offers no STARTTLS"),
        ("smtps://staff:geheim-1@127.0.0.1", "does not speak TLS"),
        ("smtp://staff:geheim-1@relay.invalid", "would travel in clear"),
    ],
)
def test_passwords_and_encryption(relay, settings, scheme: str, told: str) -> None:
    settings.SMTP_URL = f"{scheme}:{relay.port}"
    code, found = doctor("relay")
    assert code == 1
    assert told in of(found, "bad")
    assert "geheim" not in str(found)


def test_a_relay_that_is_away(settings, relay) -> None:
    relay.stop()
    code, found = doctor("relay")
    assert code == 1
    assert "ConnectionRefusedError" in of(found, "bad")


# --- database, worker, keys, disk, gateway ---------------------------------------------------------------------------


def test_a_sound_database() -> None:
    code, found = doctor("database")
    assert (code, {level for level, _ in found}) == (0, {"good"})
    assert "PostgreSQL" in found[0][1]
    assert len(found) == 3


@pytest.mark.parametrize(("seconds", "level"), [(10, "warning"), (90, "bad")])
def test_clocks_that_differ(seconds: int, level: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True):
        assert "NTP" in of(doctor("database")[1], level)


def test_missing_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'console' AND name LIKE '0002%%'")
    assert "1 migrations are missing (console.0002" in of(doctor("database")[1], "bad")


def test_an_old_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 990000)
    assert "too old" in of(doctor("database")[1], "bad")


def test_no_worker() -> None:
    code, found = doctor("worker")
    assert code == 1
    assert "No worker runs jobs" in of(found, "bad")
    assert "No worker sends mail." in of(found, "bad")


def test_a_worker_at_work() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    RelayState.objects.create(worker="a/1", relay="127.0.0.1:25", state="well")
    code, found = doctor("worker")
    assert (code, {level for level, _ in found}) == (0, {"good"})


@pytest.mark.parametrize(("minutes", "level"), [(2, "warning"), (20, "bad")])
def test_mail_that_waits(minutes: int, level: str) -> None:
    letter = post.post(
        renderer="x",
        reference="1",
        lane=Lane.CODES,
        to="alice@example.jp",
        language="ja",
        expires_at=timezone.now() + timedelta(days=1),
    )
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now() - timedelta(minutes=minutes))
    found = doctor("worker")[1]
    assert "The oldest email that is due has waited" in of(found, level)
    assert "alice" not in str(found)


def test_jobs_that_wait_and_jobs_that_failed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x') RETURNING id")
        (job,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes' WHERE job_id = %s", [job])
        cursor.execute("INSERT INTO procrastinate_events (job_id, type) VALUES (%s, 'failed')", [job])
    found = doctor("worker")[1]
    assert "The oldest job that is due has waited for 1200 s" in of(found, "bad")
    assert "Jobs that failed in the last 24 hours: 1." in of(found, "warning")


def test_a_key_that_is_missing(settings) -> None:
    post.post(
        renderer="x",
        reference="1",
        lane=Lane.CODES,
        to="alice@example.jp",
        language="ja",
        expires_at=timezone.now() + timedelta(days=1),
        sealed={"token": "geheim"},
    )
    assert "The sealed secret that was tried can be opened." in of(doctor("keys")[1], "good")
    settings.SEALING_KEYS = ("another-key-of-thirty-two-characters",)
    code, found = doctor("keys")
    assert code == 1
    assert "1 of 1 sealed secrets" in of(found, "bad")


def test_the_folder(settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    assert "is writable" in doctor("files")[1][0][1]
    monkeypatch.setattr(files, "LEAST", 1 << 60)
    assert "Make room now" in of(doctor("files")[1], "bad")
    settings.VAR = tmp_path / "gone"
    assert "Nothing can be written" in of(doctor("files")[1], "bad")


@pytest.mark.parametrize(
    ("status", "level", "told"),
    [
        (200, "good", "answers"),
        (404, "good", "answers"),
        (401, "bad", "refuses our account"),
        (503, "bad", "in trouble"),
    ],
)
def test_the_gateway(settings, status: int, level: str, told: str) -> None:
    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.TELEPHONE_URL = f"http://127.0.0.1:{server.server_port}"
        found = doctor("telephone")[1]
        server.shutdown()
        thread.join()
    assert told in of(found, level)
    assert settings.TELEPHONE_TOKEN not in str(found)


def test_a_gateway_that_is_away(settings) -> None:
    settings.TELEPHONE_URL = "http://127.0.0.1:1"
    assert "is not reached" in of(doctor("telephone")[1], "bad")


# --- as a whole -----------------------------------------------------------------------------------------------------


def test_plain_text_in_both_languages(zone, relay) -> None:
    out = StringIO()
    call_command("doctor", only=["dns", "relay"], stdout=out)
    text = out.getvalue()
    assert text.startswith("Mail relay\n  ok   The relay 127.0.0.1")
    assert "\nDNS of the mail domains\n  ok   " in text
    out = StringIO()
    call_command("doctor", "--language", "ja", only=["relay"], stdout=out)
    assert "メール中継サーバー" in out.getvalue()


def test_a_look_that_breaks_off_is_a_finding_and_hides_nothing(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: 1 / 0)
    code, found = doctor("files", "database")
    assert code == 1
    assert "ZeroDivisionError" in found[0][1]
    assert found[-1][0] == "good"


def test_settings_of_a_demo_are_said_to_be() -> None:
    assert "This is the demo" in of(doctor("settings")[1], "warning")


def test_a_site_without_encryption(settings) -> None:
    settings.DEMO = False
    assert "passwords would travel in clear" in of(doctor("settings")[1], "bad")


# --- a provider's API, and what comes back ----------------------------------------------------------------------------


@pytest.fixture
def postmark(settings) -> Iterator[None]:
    """An API in Postmark's shape that knows one key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/server" and self.headers["X-Postmark-Server-Token"] == "right"
            self.send_response(200 if known else 401)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.SMTP_RELAYS = [Relay.of("anymail:postmark", hello="aoba.example")]
    address = f"http://127.0.0.1:{server.server_port}/"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "right", "POSTMARK_API_URL": address, "WEBHOOK_SECRET": "user:word"}
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_provider_that_knows_our_key(postmark) -> None:
    code, found = doctor("provider")
    assert code == 0
    assert [words for _, words in found] == [
        "The provider postmark is set up.",
        "The API of postmark knows our key.",
    ]


@pytest.mark.parametrize(
    ("known", "level", "told"),
    [
        ({"POSTMARK_SERVER_TOKEN": "secret-but-wrong"}, "bad", "does not know our key (401)"),
        ({"POSTMARK_SERVER_TOKEN": ""}, "bad", ""),
        ({"POSTMARK_API_URL": "http://127.0.0.1:1/"}, "bad", "is not reached (ConnectError)"),
        ({"WEBHOOK_SECRET": None}, "warning", "The webhook of postmark is not believed"),
        ({"POSTMARK_SERVER_TOKEN": None}, "bad", "are not complete"),
    ],
)
def test_faults_of_a_provider(postmark, settings, known, level: str, told: str) -> None:
    settings.ANYMAIL = {name: value for name, value in {**settings.ANYMAIL, **known}.items() if value is not None}
    code, found = doctor("provider")
    assert told in of(found, level)
    assert code == (1 if level == "bad" else 0)
    assert "secret-but-wrong" not in str(found)


def test_a_provider_nobody_knows(settings) -> None:
    settings.SMTP_RELAYS = [Relay.of("anymail:pigeon", hello="aoba.example")]
    assert "pigeon is not known here" in of(doctor("provider")[1], "bad")


@pytest.mark.django_db(transaction=True)
def test_the_receiver_of_bounces_answers(settings) -> None:
    settings.RETURN_LISTEN = f"lmtp://127.0.0.1:{free_port()}"
    assert "not reached (ConnectionRefusedError)" in of(doctor("returns")[1], "bad")
    with receiving(settings.RETURN_LISTEN):
        assert doctor("returns") == (0, [("good", "The receiver of bounces answers.")])


def test_something_else_listens_where_bounces_are_taken(settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            link, _ = other.accept()
            with link:
                link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                link.recv(100)

        thread = threading.Thread(target=answer)
        thread.start()
        settings.RETURN_LISTEN = f"smtp://127.0.0.1:{other.getsockname()[1]}"
        assert "Something else" in of(doctor("returns")[1], "bad")
        thread.join()


def test_a_mailbox_that_is_not_there_and_no_way_in_at_all(settings) -> None:
    settings.RETURN_LISTEN, settings.RETURN_MAILBOX_URL = "", "imaps://bounces:secret-word@127.0.0.1:1/"
    code, found = doctor("returns")
    assert (code, "does not let us in (ConnectionRefusedError)" in of(found, "bad")) == (1, True)
    assert "secret-word" not in str(found)
    settings.RETURN_MAILBOX_URL = ""
    assert "told by a webhook" in of(doctor("returns")[1], "good")
    settings.MAIL_TOKEN = ""
    assert "Nothing that comes back" in of(doctor("returns")[1], "warning")


def test_the_demo_asks_no_dns(settings) -> None:
    settings.DNS_SERVERS = ()
    assert doctor("dns")[0] == 0
