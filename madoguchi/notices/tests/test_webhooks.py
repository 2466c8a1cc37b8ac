"""Customers' programs: who is told what, and what becomes of a call. The rules are those of ``docs/webhooks.md``."""

import asyncio
import json
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from madoguchi.contracts.models import Contract, Customer, CustomerLink
from madoguchi.delivery.management.commands.worker import run_jobs
from madoguchi.delivery.models import Letter
from madoguchi.notices import webhook_calls, webhooks
from madoguchi.notices.models import Webhook, WebhookCall
from madoguchi.notices.tests import make
from madoguchi.notices.tests.documented import table
from madoguchi.notices.tests.make import NOW
from madoguchi.notices.withdraw import withdraw

pytestmark = pytest.mark.django_db
AWAY = "http://127.0.0.1:9/"  # nobody listens there


@pytest.fixture(autouse=True)
def loopback_opened(settings):
    settings.WEBHOOK_INSIDE = ("127.0.0.1/32",)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def hikari():
    return make.service()


class Program(ThreadingHTTPServer):
    """A customer's program that answers ``status``, which may be changed meanwhile, and keeps every request."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Program

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def program(status: int = 200):
    with Program(status) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def verifier(of: Webhook) -> Verifier:
    return Verifier(webhooks.secret_of(of) or "")


def webhook(account, url: str = AWAY, **wanted) -> Webhook:
    says = {"name": "Monitoring", "work": True, "trouble": True, **wanted}
    return webhooks.make(account, webhooks.Wanted(url=url, **says))


def write_all() -> None:
    """What the jobs write that publishing deferred."""
    for job in ProcrastinateJob.objects.filter(task_name="notices.write_webhook_calls"):
        webhook_calls.write(**job.args)


def contract(number: str, *, service, holder=None, colleague=None) -> Contract:
    customer, _ = Customer.objects.get_or_create(number="K-1", defaults={"name": "K-1"})
    phone = "+819000000000"
    made = Contract.objects.create(
        number=number,
        customer=customer,
        service=service,
        usage_kind="internet",
        contact_phone=phone,
        started_on=date(2020, 1, 1),
    )
    if holder:
        CustomerLink.objects.get_or_create(account=holder, customer=customer, role="holder")
    if colleague:
        CustomerLink.objects.create(account=colleague, customer=customer, role="colleague").contracts.add(made)
    return made


def test_a_report_is_told_signed_and_once(hikari):
    alice = make.account("alice")
    make.follows(alice, hikari)
    with program() as theirs:
        mine = webhook(alice, theirs.url)
        report = make.trouble(hikari).publish(by=None, at=NOW)
        write_all()
        assert webhook_calls.send_due() == 1
        write_all()
        assert webhook_calls.send_due() == 0
    [(headers, body)] = theirs.got
    verifier(mine).verify(body, headers)
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("notice.report", "2026-11-22T05:05:00Z")
    assert told["data"]["notice"]["number"] == report.notice.number
    assert told["data"]["report"]["ordinal"] == 1
    assert told["data"]["contracts"] == []
    call = mine.calls.get()
    assert headers["webhook-id"] == str(call.pk)
    assert (call.state, call.status, call.tries) == ("delivered", 200, 1)


def test_what_was_changed_on_the_way_is_not_signed():
    with program() as theirs:
        mine = webhook(make.account("alice"), theirs.url)
        webhook_calls.test(mine)
        webhook_calls.send_due()
    [(headers, body)] = theirs.got
    with pytest.raises(WebhookVerificationError):
        verifier(mine).verify(body + b" ", headers)


def test_for_a_day_both_secrets_sign(clock):
    with program() as theirs:
        mine = webhook(make.account("alice"), theirs.url)
        former = verifier(mine)
        webhooks.renew_secret(mine)
        for _ in range(2):
            webhook_calls.test(mine)
            webhook_calls.send_due()
            clock.shift(timedelta(hours=24))
    for (headers, body), moment, signed in zip(theirs.got, (NOW, NOW + timedelta(days=1)), (True, False), strict=True):
        clock.move_to(moment)
        verifier(Webhook.objects.get()).verify(body, headers)
        if signed:
            former.verify(body, headers)
        else:
            with pytest.raises(WebhookVerificationError):
                former.verify(body, headers)
    webhooks.purge(now=NOW + timedelta(days=1, seconds=1))
    assert Webhook.objects.get().sealed_former is None


def test_who_is_told_what(hikari):
    alice, bob, charlie, dora = (make.account(name) for name in ("alice", "bob", "charlie", "dora"))
    other = make.service("other")
    contract("C-1", service=hikari, holder=alice)
    contract("C-2", service=hikari, colleague=bob)
    make.follows(charlie, other)
    make.follows(dora, hikari, work=False)
    for one in (alice, bob, charlie, dora):
        webhook(one)
    make.trouble(hikari).publish(by=None, at=NOW)
    make.work(other).publish(by=None, at=NOW)
    named = make.work(hikari, notice={"contract_numbers": ("C-2",)}).publish(by=None, at=NOW)
    write_all()
    told = {
        (call.webhook.account.email.partition("@")[0], call.notice.kind): json.loads(call.body)["data"]["contracts"]
        for call in WebhookCall.objects.select_related("webhook__account", "notice")
        if call.notice
    }
    # Alice holds both contracts, Bob sees one of them, Charlie follows another service, Dora wants trouble alone.
    assert told == {
        ("alice", "trouble"): ["C-1", "C-2"],
        ("bob", "trouble"): ["C-2"],
        ("dora", "trouble"): [],
        ("charlie", "work"): [],
        ("alice", "work"): ["C-2"],
        ("bob", "work"): ["C-2"],
    }
    assert named.notice.pk in WebhookCall.objects.values_list("notice", flat=True)


def test_kinds_that_were_not_asked_for_and_stopped_ones_are_left_out(hikari):
    alice = make.account("alice")
    make.follows(alice, hikari)
    webhook(alice, name="work", trouble=False)
    webhooks.stop(webhook(alice, name="stopped"))
    make.trouble(hikari).publish(by=None, at=NOW)
    write_all()
    assert not WebhookCall.objects.exists()


def test_nobody_waits_where_nobody_has_a_program(hikari):
    make.trouble(hikari).publish(by=None, at=NOW)
    assert not ProcrastinateJob.objects.filter(task_name="notices.write_webhook_calls").exists()


def test_a_withdrawal_tells_the_reason_and_nothing_of_the_texts(hikari):
    alice = make.account("alice")
    make.follows(alice, hikari)
    mine = webhook(alice)
    notice = make.trouble(hikari).publish(by=None, at=NOW).notice
    withdraw(notice, reason_ja="誤って公開しました。", notify=False, by=None)
    write_all()
    told = json.loads(mine.calls.get(event="notice.withdrawn").body)["data"]
    assert told["notice"]["withdrawn_reason"]["ja"] == "誤って公開しました。"
    assert "report" not in told
    assert "調査" not in json.dumps(told, ensure_ascii=False)


def test_the_table_of_repeated_tries(clock):
    mine = webhook(make.account("alice"))
    call = webhook_calls.test(mine)
    for number, then in table("When the program does not answer well", page="webhooks")[1]:
        assert webhook_calls.send_due() == 1
        call.refresh_from_db()
        assert call.tries == int(number)
        assert (call.status, call.trouble) == (None, "connection")
        if then == "given up":
            assert call.state == "failed"
        else:
            Webhook.objects.update(not_before=call.tried_at)
            clock.shift(timedelta(seconds=int(then) - 1))
            assert webhook_calls.send_due() == 0
            clock.shift(timedelta(seconds=1))


def test_the_table_of_being_left_alone():
    for failures, asked, seconds in table("kept to, up to an hour:", page="webhooks")[1]:
        found = webhook_calls.left_alone(int(failures), retry_after=int(asked) if asked else None)
        assert found == timedelta(seconds=int(seconds))


def test_one_that_fails_does_not_keep_the_others_waiting(clock):
    alice = make.account("alice")
    with program(503) as ill, program() as well:
        first, second = webhook(alice, ill.url, name="ill"), webhook(alice, well.url, name="well")
        for _ in range(3):
            webhook_calls.test(first)
            webhook_calls.test(second)
        webhook_calls.send_due()
        assert (len(ill.got), len(well.got)) == (1, 3)
        ill.status = 200
        clock.shift(timedelta(minutes=5))
        webhook_calls.send_due()
        assert len(ill.got) == 4
    assert ill.got[0] != ill.got[1]
    assert not WebhookCall.objects.exclude(state="delivered").exists()
    first.refresh_from_db()
    assert (first.failures, first.failing_since) == (0, None)


def test_a_repetition_is_the_same_byte_for_byte(clock):
    with program(500) as theirs:
        webhook_calls.test(webhook(make.account("alice"), theirs.url))
        webhook_calls.send_due()
        clock.shift(timedelta(minutes=1))
        webhook_calls.send_due()
    (first, body), (again, same) = theirs.got
    assert (first["webhook-id"], body) == (again["webhook-id"], same)
    assert first["webhook-timestamp"] != again["webhook-timestamp"]


def test_gone_stops_it_at_once_and_the_owner_is_told():
    alice = make.account("alice")
    with program(410) as theirs:
        mine = webhook(alice, theirs.url)
        webhook_calls.test(mine)
        webhook_calls.send_due()
    mine.refresh_from_db()
    assert (mine.stopped_at, mine.stopped_why) == (NOW, "gone")
    assert not mine.calls.filter(state="waiting").exists()
    assert Letter.objects.get().address == alice.email


def test_days_without_a_good_answer_stop_it_and_the_owner_is_told_once(hikari, clock):
    alice = make.account("alice")
    make.follows(alice, hikari)
    with program(500) as theirs:
        mine = webhook(alice, theirs.url)
        for _ in range(3):
            make.trouble(hikari).publish(by=None, at=NOW)
            write_all()
            for _ in range(len(webhook_calls.AGAIN) + 1):
                webhook_calls.send_due()
                clock.shift(timedelta(hours=13))
    mine.refresh_from_db()
    assert mine.stopped_why == "failing"
    assert Letter.objects.count() == 1
    webhooks.resume(mine)
    mine.refresh_from_db()
    assert (mine.stopped_at, mine.failures, mine.failing_since) == (None, 0, None)


def test_a_sender_that_died_is_followed_by_another(clock):
    with program() as theirs:
        mine = webhook(make.account("alice"), theirs.url)
        webhook_calls.test(mine)
        assert len(webhook_calls._take(5)) == 1  # and then its process is killed
        assert webhook_calls.send_due() == 0
        clock.shift(webhook_calls.TAKEN)
        assert webhook_calls.send_due() == 1
    assert mine.calls.get().state == "delivered"


def test_one_that_was_stopped_while_it_was_called_stays_so():
    with program() as theirs:
        mine = webhook(make.account("alice"), theirs.url)
        webhook_calls.test(mine)
        [taken] = webhook_calls._take(5)
        webhooks.stop(mine)
        webhook_calls._record(taken, webhook_calls._try(taken))
    assert mine.calls.get().state == "failed"


def test_a_key_that_is_listed_no_more_is_said_and_not_raised(settings):
    mine = webhook(make.account("alice"))
    settings.SEALING_KEYS = ["another-key-of-thirty-two-letters-"]
    webhook_calls.test(mine)
    webhook_calls.send_due()
    assert mine.calls.get().trouble == "seal"


def test_what_is_over_is_forgotten():
    mine = webhook(make.account("alice"))
    for state in WebhookCall.State:
        WebhookCall.objects.create(webhook=mine, event="test", body="{}", state=state)
    webhooks.purge(now=NOW + webhooks.CALLS_KEPT)
    assert mine.calls.count() == 3
    webhooks.purge(now=NOW + webhooks.CALLS_KEPT + timedelta(seconds=1))
    assert [call.state for call in mine.calls.all()] == ["waiting"]


def test_neither_address_nor_secret_lies_in_the_database_in_clear():
    mine = webhook(make.account("alice"), "http://127.0.0.1:9/?key=sesame")
    assert str(webhooks.url_of(mine)).endswith("sesame")
    for column in (mine.sealed_url, mine.sealed_secret):
        assert b"sesame" not in bytes(column)
        assert b"whsec" not in bytes(column)


def test_there_are_five_at_most_and_names_are_told_apart():
    alice = make.account("alice")
    for number in range(webhooks.AT_MOST):
        webhook(alice, name=str(number))
    with pytest.raises(webhooks.TooManyWebhooks):
        webhook(alice, name="one more")
    bob = make.account("bob")
    webhook(bob, name="0")
    with pytest.raises(webhooks.NameTaken):
        webhook(bob, name="0")


@pytest.mark.django_db(transaction=True)
def test_the_jobs_do_it():
    hikari = make.service()
    alice = make.account("alice")
    make.follows(alice, hikari)
    with program() as theirs, time_machine.travel(NOW, tick=True):
        webhook(alice, theirs.url)
        make.trouble(hikari).publish(by=None, at=NOW)
        asyncio.run(run_jobs(concurrency=1, wait=False))
    assert len(theirs.got) == 1
